// The filters that Novu adds to LiquidJS's: @novu/framework 2.13, createLiquidEngine.
// Its `json` is LiquidJS's here: Novu's writes ' for ", which is JSON to nobody.
globalThis.novuFilters = (() => {
  'use strict'
  const nothing = value => value === null || value === undefined

  const valueAt = (item, path) => {
    if (typeof item !== 'object' || !item) return ''
    const found = path.split('.').reduce(
      (value, key) => value && typeof value === 'object' ? marks.property(value, key) : undefined, item)
    if (nothing(found)) return ''
    if (typeof found !== 'object') return String(found)
    const text = String(found) === '' ? '' : JSON.stringify(found)
    return text === '{}' ? '' : text
  }

  const namesOf = (list, path) => {
    if (!Array.isArray(list)) return []
    return path ? list.map(item => valueAt(item, String(path))) : list
  }

  function digest (list, most = 2, path = '', separator = ', ') {
    const names = namesOf(list, path)
    if (names.length < 2) return names[0] ?? ''
    if (names.length === 2) return `${names[0]} and ${names[1]}`
    if (most >= names.length) return `${names.slice(0, -1).join(separator)} and ${names.at(-1)}`
    const left = names.length - most
    return `${names.slice(0, most).join(separator)} and ${left} ${left === 1 ? 'other' : 'others'}`
  }

  function toSentence (list, path = '', most = 2, others = 'other', words = ', ', two = ' and ', last = ', and ') {
    const names = namesOf(list, path)
    if (names.length < 2) return names[0] ?? ''
    if (names.length === 2) return `${names[0]}${two}${names[1]}`
    if (most >= names.length) return `${names.slice(0, -1).join(words)}${last}${names.at(-1)}`
    const left = names.length - most
    return `${names.slice(0, most).join(words)}${most === 1 ? two : last}${left} ${pluralize(others, left)}`
  }

  function pluralized (value, one = '', many = '', shown = 'true') {
    if (nothing(value)) return ''
    const counted = typeof value === 'object' ? Object.keys(value).length : Number(value)
    if (!(counted > 0)) return ''
    const noun = many ? (counted === 1 ? one : many) : pluralize(one, counted)
    return shown === 'true' ? `${counted} ${noun}` : noun
  }

  return { digest, toSentence, pluralize: pluralized }
})()
