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
