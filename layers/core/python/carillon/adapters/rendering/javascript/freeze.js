// Nothing that one rendering does is left for the next: what they share cannot be changed.
;(() => {
  'use strict'
  // An own property that shadows a frozen one could not be set: errors are given names and messages.
  for (const prototype of [Error.prototype, ...[EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map(e => e.prototype)]) {
    for (const name of ['name', 'message', 'stack']) {
      const given = prototype[name]
      Object.defineProperty(prototype, name, {
        get: () => given,
        set (value) { Object.defineProperty(this, name, { value, writable: true, configurable: true }) },
      })
    }
  }
  // QuickJS looks at the clock where its bytecode calls a function, and not within JSON.stringify and
  // join: these call one of ours for each list and object, of which a template can nest too many.
  const itself = { value () { return this } }
  for (const prototype of [Object.prototype, Array.prototype]) Object.defineProperty(prototype, 'toJSON', itself)
  Array.prototype.toString = function () { return this.join() }
  const seen = new Set()
  const freeze = value => {
    if (value === null || !['object', 'function'].includes(typeof value) || seen.has(value)) return
    seen.add(value)
    Object.freeze(value)
    freeze(Object.getPrototypeOf(value))
    for (const property of Object.values(Object.getOwnPropertyDescriptors(value))) {
      freeze(property.value)
      freeze(property.get)
      freeze(property.set)
    }
  }
  for (const name of ['eval', 'Function']) delete globalThis[name]
  freeze(globalThis)
})()
