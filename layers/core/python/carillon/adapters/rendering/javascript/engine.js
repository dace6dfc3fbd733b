// LiquidJS, or another `language`, within limits. `check(source)` returns what is wrong with a source, "" if nothing is;
// `render(request)` takes and returns JSON. `limits` are set by Python before this is read.
;(() => {
  'use strict'
  const { Liquid } = liquidjs
  let run  // what the rendering that is going on has used, and what it warned of

  class Stopped extends Error {
    constructor (line, message) {
      super(message)
      this.line = line
    }
  }

  const rootOf = error => error?.originalError ? rootOf(error.originalError) : error
  const lineOf = token => token?.getPosition ? token.getPosition()[0] : 0
  const isLimit = error => /^(memory alloc|template render) limit exceeded$/.test(error.message)
  // Out of memory, QuickJS may have none for the error either.
  const isFatal = error => !error || error.name === 'InternalError' && /out of memory|interrupted/.test(error.message)

  const printed = value => {
    value = liquidjs.toValue(value)
    if (typeof value === 'string') return value
    if (value === null || value === undefined) return ''
    return Array.isArray(value) ? value.map(printed).join('') : String(value)
  }

  class Output {
    buffer = ''
    write (value) {
      this.buffer += printed(value)
      if (this.buffer.length > limits.output) throw new Stopped(0, `makes a text of more than ${limits.output} characters`)
    }
  }

  // In the place of LiquidJS's, which gives up the whole text with the first tag that fails.
  function * renderTemplates (templates, ctx, output = new Output()) {
    run.step()
    for (const template of templates) {
      try {
        const text = yield template.render(ctx, output)
        if (text) output.write(text)
        if (ctx.breakCalled || ctx.continueCalled) break
      } catch (error) {
        run.follow(error, lineOf(template.token))
      }
    }
    return output.buffer
  }

  class Run {
    blocks = 0
    warnings = []
    step () {
      this.blocks += 1
      if (this.blocks > limits.blocks) throw new Stopped(0, `has more than ${limits.blocks} iterations`)
    }
    follow (error, line) {
      if (error instanceof Stopped) throw error.line ? error : new Stopped(line, error.message)
      const root = rootOf(error)
      if (isFatal(root)) throw root
      if (isLimit(root)) throw new Stopped(line, 'needs more than a rendering may have')
      this.warnings.push([line, told(root)])
    }
  }

  const clamped = slice => function (value, begin, length, ...rest) {  // LiquidJS reserves what is asked for
    return slice.call(this, value, begin, length > limits.output ? limits.output : length, ...rest)
  }

  const liquid = new Liquid({
    ownPropertyOnly: true,
    memoryLimit: limits.memory,
    operators: marks.operators,
  })
  liquid.renderer.renderTemplates = renderTemplates
  for (const tag of ['include', 'render', 'layout', 'block']) delete liquid.tags[tag]
  liquid.registerTag('case', marks.CaseTag)
  for (const [name, tag] of Object.entries(strict.TAGS)) liquid.registerTag(name, tag)
  const added = {
    ...novuFilters,
    slice: clamped(liquid.filters.slice),
    sha256: value => sha256(printed(value)),  // LiquidJS's are promises in a browser
    hmac_sha256: (value, key) => sha256.hmac(printed(key), printed(value)),
  }
  for (const [name, filter] of Object.entries(added)) liquid.registerFilter(name, filter)
  for (const [name, filter] of Object.entries(liquid.filters)) {
    liquid.registerFilter(name, marks.filter(name, filter))
  }

  const language = globalThis.language ?? {
    parse: source => liquid.parse(source),
    check: source => strict.parse(liquid, source),
    render: (templates, data) => liquid.renderSync(templates, data),
    line: error => error.line ?? lineOf(error.token),
    told: toldOfLiquid,
  }

  const compiled = new Map()  // by source; the oldest go first
  let held = 0
  function parsed (source) {
    let templates = compiled.get(source)
    if (templates === undefined) {
      templates = language.parse(source)
      compiled.set(source, templates)
      held += source.length
      for (const old of compiled.keys()) {
        if (held <= limits.held) break
        compiled.delete(old)
        held -= old.length
      }
    }
    return templates
  }

  // `known` has the data as it is marked for the markups of earlier sources.
  function rendered (source, markOf, escaping, data, known) {
    marks.use(markOf, escaping)
    const kind = Object.keys(markOf).join('')
    if (!known.has(kind)) known.set(kind, marks.marked(data))
    return language.render(parsed(source), { ...known.get(kind) }, run, new Output()).toWellFormed()
  }

  globalThis.render = request => {
    const { sources, data } = JSON.parse(request)
    const texts = []
    const warnings = []
    const known = new Map()
    zones.taken()
    for (const [index, [source, markOf, escaping]] of sources.entries()) {
      run = new Run()
      try {
        texts.push(rendered(source, markOf, escaping, data, known))
        warnings.push(...run.warnings.slice(0, limits.warnings).map(warning => [index, ...warning]))
      } catch (error) {
        const root = rootOf(error)
        // LiquidJS trips over an error that there was no memory for.
        if (isFatal(root) || root instanceof TypeError) throw root
        return JSON.stringify({ failed: [index, language.line(error), told(root)] })
      }
    }
    return JSON.stringify({ texts, warnings, zones: zones.taken() })
  }

  globalThis.knowZones = names => zones.know(JSON.parse(names))
  globalThis.addZone = added => zones.add(...JSON.parse(added))

  // What to write for a tag of Handlebars, by how it begins.
  const HANDLEBARS = [
    ['{', '{{ … | raw }}'], ['#if', '{% if … %}'], ['#unless', '{% unless … %}'], ['#each', '{% for item in … %}'],
    ['#', '{% … %}'], ['/', '{% end… %}'], ['^', '{% else %}'], ['!', '{% comment %}'], ['>', 'its text, as there are no partials'],
  ]
  function told (error) {
    const message = error.message.toWellFormed()
    return /call stack/.test(message) ? 'is nested too deeply' : language.told(message)
  }
  function toldOfLiquid (text) {
    const message = text.replace(/, line:\d+, col:\d+$/, '')
    const [, tag] = /^invalid value expression: "([{#/^!>].*)"$/s.exec(message) ?? []
    if (tag === undefined) return message
    const [, ours] = HANDLEBARS.find(([begin]) => tag.startsWith(begin))
    return `"${tag}" is Handlebars: write ${ours}`
  }

  globalThis.check = source => {
    try {
      language.check(source)
      return ''
    } catch (error) {
      const root = rootOf(error)
      if (isFatal(root)) throw root
      return JSON.stringify([language.line(error), told(root)])
    }
  }
})()
