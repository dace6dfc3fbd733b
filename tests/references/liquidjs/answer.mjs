// Reads {"engine", "cases": [[template, data], …]} and writes what the engine makes of each:
// {"text"}, or {"error", "parsing"}.
import { readFileSync } from 'node:fs'

const { engine, cases } = JSON.parse(readFileSync(0, 'utf8'))

const engines = {
  async liquidjs () {
    const { Liquid } = await import('liquidjs')
    const liquid = new Liquid()
    return [template => liquid.parse(template), (parsed, data) => liquid.renderSync(parsed, data)]
  },
  async handlebars () {
    // The helpers are those of Novu's legacy workflows, as its documentation describes them.
    const { default: Handlebars } = await import('handlebars')
    const { format } = await import('date-fns')
    const { groupBy } = { groupBy: (list, name) => Object.entries(Object.groupBy(list, item => item[name])).map(([key, items]) => ({ key, items })) }
    const chosen = test => (a, b, options) => options.fn
      ? (test(a, b) ? options.fn(options.data.root) : options.inverse(options.data.root))
      : test(a, b)
    const helpers = {
      json: value => JSON.stringify(value),
      uppercase: value => value?.toUpperCase(),
      lowercase: value => value?.toLowerCase(),
      titlecase: value => value?.split(' ').map(w => w.charAt(0).toUpperCase() + w.slice(1).toLowerCase()).join(' '),
      pluralize: (number, one, many) => number === 1 ? one : many,
      dateFormat: (date, pattern) => Number.isNaN(Date.parse(date)) ? date : format(new Date(date), pattern),
      groupBy: (list, name) => Array.isArray(list) ? groupBy(list, name) : [],
      unique: (list, name) => Array.isArray(list) ? [...new Set(list.map(item => item[name]))] : '',
      sortBy: (list, name) => Array.isArray(list) ? [...list].sort((a, b) => a[name] < b[name] ? -1 : a[name] > b[name] ? 1 : 0) : '',
      numberFormat: number => Number(number).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
      equals: chosen((a, b) => a == b),
      eq: chosen((a, b) => a === b),
      ne: chosen((a, b) => a !== b),
      gt: chosen((a, b) => a > b),
      gte: chosen((a, b) => a >= b),
      lt: chosen((a, b) => a < b),
      lte: chosen((a, b) => a <= b)
    }
    for (const [name, helper] of Object.entries(helpers)) Handlebars.registerHelper(name, helper)
    return [
      template => { Handlebars.precompile(template); return Handlebars.compile(template, { noEscape: true }) },
      (compiled, data) => compiled(data)
    ]
  },
  async novu () {
    const { createLiquidEngine } = await import('@novu/framework/internal')
    const liquid = createLiquidEngine({ outputEscape: undefined })
    return [template => liquid.parse(template), (parsed, data) => liquid.renderSync(parsed, data)]
  }
}

const [parse, render] = await engines[engine]()
const answers = cases.map(([template, data]) => {
  let when = 'parse'
  try {
    const parsed = parse(template)
    when = 'render'
    return { text: String(render(parsed, data)) }
  } catch (error) {
    return { error: error.message.replace(/, line:.*/s, ''), parsing: when === 'parse' }
  }
})
process.stdout.write(JSON.stringify(answers))
