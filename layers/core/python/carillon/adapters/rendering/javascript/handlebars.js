// Handlebars of legacy Novu, evaluated from the tree that `Handlebars.parse` makes: its own compiler
// makes JavaScript of a template, and is never called. `globalThis.language` takes the place of
// Liquid in a context that has loaded this.
//
// Helpers: https://docs.novu.co, "Handlebars helpers" of its legacy workflows.
globalThis.language = (() => {
  'use strict'
  const { parse } = Handlebars
  const { format } = dateFns
  delete globalThis.Handlebars  // its parser keeps what it reads: it cannot be frozen
  delete globalThis.dateFns
  let run

  class Unknown extends Error {
    constructor (node, message) {
      super(message)
      this.line = node.loc.start.line
    }
  }

  const isEmpty = value => Array.isArray(value) ? value.length === 0 : !value && value !== 0
  const isObject = value => value !== null && typeof value === 'object'
  const plain = value => marks.plain(value)
  const text = value => value === null || value === undefined ? '' : String(value)
  const titled = value => text(value).split(' ')
    .map(word => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()).join(' ')
  const at = (item, name) => isObject(item) ? marks.property(item, text(name)) : undefined
  const ordered = (a, b) => a < b ? -1 : a > b ? 1 : 0

  function grouped (list, name) {
    if (!Array.isArray(list)) return []
    const groups = new Map()
    for (const item of list) {
      const key = at(item, name)
      if (key) groups.set(text(key), [...(groups.get(text(key)) ?? []), item])
    }
    return [...groups].map(([key, items]) => ({ key, items }))
  }

  function numberText (number, { decimalLength = 2, thousandsSep = ',', decimalSep = '.' }) {
    const value = Number.parseFloat(text(plain(number)))
    if (Number.isNaN(value)) return number
    const [whole, rest] = value.toFixed(Math.min(Math.max(0, Math.trunc(Number(decimalLength) || 2)), 20)).split('.')
    const grouped = whole.replace(/\d(?=(\d{3})+$)/g, digit => digit + thousandsSep)
    return rest ? grouped + decimalSep + rest : grouped
  }

  function dateText (date, pattern) {
    const given = plain(date)
    if (!given || !pattern || Number.isNaN(Date.parse(given))) return date
    return format(new Date(given), pattern)
  }

  const VALUES = {  // helpers that make a value
    __proto__: null,
    dateFormat: dateText,
    groupBy: grouped,
    json: value => marks.jsonText(value),
    lookup: (object, name) => object ? at(object, name) : object,
    lowercase: value => text(value).toLowerCase(),
    numberFormat: (number, _, hash) => numberText(number, hash),
    pluralize: (number, one, many) => number === 1 ? one : many,
    sortBy: (list, name) => !Array.isArray(list) ? '' : [...list].sort(
      (a, b) => name ? ordered(plain(at(a, name)), plain(at(b, name))) : ordered(text(plain(a)), text(plain(b)))),
    titlecase: titled,
    unique: (list, name) => Array.isArray(list) ? [...new Set(list.map(item => at(item, name) || undefined))] : '',
    uppercase: value => text(value).toUpperCase(),
  }
  const CONDITIONS = {  // helpers that are true or false, by themselves or as a block
    __proto__: null,
    // eslint-disable-next-line eqeqeq
    equals: (a, b) => a == b,
    eq: (a, b) => a === b,
    ne: (a, b) => a !== b,
    gt: (a, b) => a > b,
    gte: (a, b) => a >= b,
    lt: (a, b) => a < b,
    lte: (a, b) => a <= b,
  }
  const BLOCKS = new Set(['if', 'unless', 'each', 'with'])
  const isHelper = name => name in VALUES || name in CONDITIONS

  // What cannot work, with its line, before any data is there.
  function check (node) {
    if (Array.isArray(node)) return node.forEach(check)
    if (!isObject(node)) return undefined
    switch (node.type) {
      case 'PartialStatement': case 'PartialBlockStatement':
        throw new Unknown(node, `"{{> ${node.name.original ?? ''}}}": there are no partials, write its text`)
      case 'DecoratorBlock': case 'Decorator':
        throw new Unknown(node, 'there are no decorators, write what they decorate')
    }
    if (node.path && node.params && (node.params.length || node.hash || node.type === 'SubExpression')) {
      const name = node.path.original
      const isBlock = node.type === 'BlockStatement'
      if (!isHelper(name) && !(isBlock && BLOCKS.has(name))) throw new Unknown(node, `no helper is called "${name}"`)
      if (!isBlock && name === 'equals' && node.type === 'MustacheStatement') {
        throw new Unknown(node, '"equals" is a block: write {{#equals a b}} … {{/equals}}')
      }
    }
    for (const name of ['body', 'program', 'inverse', 'params', 'hash', 'pairs', 'value', 'path']) {
      if (name !== 'path' || node.path?.type === 'SubExpression') check(node[name])
    }
    return undefined
  }

  // A scope is what paths are looked up in: the value of `this`, names of a block, and the scope around.
  const within = (scope, self, data = {}, names = {}) => ({ self, data: { ...scope.data, ...data }, names: { ...scope.names, ...names }, outer: scope })

  function found (path, scope) {
    let { depth, parts } = path
    let value
    if (path.data) {
      const [name, ...rest] = parts
      for (; depth > 0 && scope.outer; depth -= 1) scope = scope.outer
      value = Object.hasOwn(scope.data, name) ? scope.data[name] : undefined
      parts = rest
    } else if (!depth && !/^(this\b|\.)/.test(path.original) && Object.hasOwn(scope.names, parts[0])) {
      value = scope.names[parts[0]]
      parts = parts.slice(1)
    } else {
      for (; depth > 0 && scope.outer; depth -= 1) scope = scope.outer
      value = depth > 0 ? undefined : scope.self
    }
    for (const name of parts) {
      if (value === null || value === undefined) return undefined
      value = typeof value === 'string' ? (name === 'length' ? value.length : undefined) : at(value, name)
    }
    return value
  }

  function evaluated (node, scope) {
    switch (node.type) {
      case 'PathExpression': return found(node, scope)
      case 'SubExpression': return called(node, scope)
      case 'NullLiteral': return null
      case 'UndefinedLiteral': return undefined
      default: return node.value
    }
  }

  const hashOf = (node, scope) =>
    Object.fromEntries((node.hash?.pairs ?? []).map(({ key, value }) => [key, evaluated(value, scope)]))

  function called (node, scope) {
    const name = node.path.original
    const params = node.params.map(param => evaluated(param, scope))
    if (name in CONDITIONS) return CONDITIONS[name](...params.map(plain))
    const [first, second, third] = params
    const hash = hashOf(node, scope)
    return name === 'pluralize' ? VALUES.pluralize(first, second, third) : VALUES[name](first, second, hash)
  }

  function valueOf (node, scope) {
    const isCall = node.path.type === 'PathExpression' && isHelper(node.path.original)
    if (isCall && (node.params.length || node.hash)) return called(node, scope)
    // A literal by itself is a name.
    return 'parts' in node.path ? found(node.path, scope) : 'params' in node.path ? called(node.path, scope)
      : at(scope.self, text(node.path.original ?? node.path.value))
  }

  function write (output, value) {
    output.write(Array.isArray(value) ? value.map(text).join(',') : text(value))
  }

  function renderAll (program, scope, output) {
    run.step()
    for (const node of program?.body ?? []) {
      try {
        renderNode(node, scope, output)
      } catch (error) {
        run.follow(error, node.loc.start.line)
      }
    }
  }

  function renderNode (node, scope, output) {
    switch (node.type) {
      case 'ContentStatement': return output.write(node.value)
      case 'MustacheStatement': {
        const value = valueOf(node, scope)
        return write(output, node.escaped ? value : plain(value))
      }
      case 'BlockStatement': return renderBlock(node, scope, output)
      default: return undefined
    }
  }

  function renderBlock (node, scope, output) {
    const name = node.path.original
    const choose = (condition, self = scope) => renderAll(condition ? node.program : node.inverse, self, output)
    if (name in CONDITIONS) return choose(called(node, scope))
    const [first] = node.params.map(param => evaluated(param, scope))
    const includeZero = hashOf(node, scope).includeZero
    const holds = !isEmpty(first) && (includeZero || first !== 0)
    const names = node.program?.blockParams ?? []
    switch (name) {
      case 'if': return choose(holds)
      case 'unless': return choose(!holds)
      case 'with': return isEmpty(first) ? choose(false)
        : renderAll(node.program, within(scope, first, {}, named(names, [first])), output)
      case 'each': return renderEach(first, node, scope, output)
    }
    const value = valueOf(node, scope)  // a section, as Mustache has them
    if (value === true) return choose(true)
    if (Array.isArray(value)) return renderEach(value, node, scope, output)
    return value === false || value === null || value === undefined ? choose(false)
      : renderAll(node.program, within(scope, value), output)
  }

  const named = (names, values) => Object.fromEntries(names.map((name, index) => [name, values[index]]))

  function renderEach (items, node, scope, output) {
    const entries = Array.isArray(items) ? items.map((item, index) => [index, item]) : isObject(items) ? Object.entries(items) : []
    if (!entries.length) return renderAll(node.inverse, scope, output)
    entries.forEach(([key, item], index) => {
      const data = { key, index, first: index === 0, last: index === entries.length - 1 }
      renderAll(node.program, within(scope, item, data, named(node.program.blockParams ?? [], [item, key])), output)
    })
    return undefined
  }

  const parsed = source => {
    const program = parse(source)
    check(program)
    return program
  }
  return {
    parse: parsed,
    check: parsed,
    render: (program, data, started, output) => {
      run = started
      renderAll(program, { self: data, data: { root: data }, names: {}, outer: undefined }, output)
      return output.buffer
    },
    line: error => error.line ?? Number(/^Parse error on line (\d+)| - (\d+):\d+$/.exec(error.message)?.slice(1).find(Boolean) ?? 0),
    told: message => {
      const [, near] = /^Parse error on line \d+:\n(.*)\n/.exec(message) ?? []
      return near === undefined ? message.replace(/ - \d+:\d+$/, '') : `is not Handlebars near "${near}"`
    },
  }
})()
