// Tells an event's values from the author's words. Before a rendering each character of the data
// that its markup may read (`<` in HTML) becomes a mark: a noncharacter, one for one, which
// filters carry along like any other. Python writes marks as the markup escapes them.
// The author's own `<` never was a mark. Where the characters themselves matter (a comparison, a
// filter that encodes) they are put back, and what comes of them is marked as a whole.
globalThis.marks = (() => {
  'use strict'
  let specials  // of the markup that is rendered; undefined while nothing is marked
  let escaping = ''  // `html`, `json`, or nothing that marks do not do
  const known = new Map()

  const pattern = characters => new RegExp(`[${characters.map(c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}]`, 'g')
  function specialsOf (markOf) {
    const name = Object.keys(markOf).join('')
    if (!known.has(name)) {
      const inside = Object.keys(markOf).filter(character => character !== ' ')
      known.set(name, {
        markOf,
        characterOf: new Map(Object.entries(markOf).map(([character, mark]) => [mark, character])),
        characters: pattern(inside),
        marks: pattern(Object.values(markOf)),
        line: markOf['\n'],
        space: markOf[' '],
      })
    }
    return known.get(name)
  }

  function markText (text) {
    const { characters, markOf, line, space } = specials
    if (line) text = text.replace(/\r\n?/g, '\n')
    if (space) text = text.replace(/^[ \t\n]+|[ \t\n]+$/g, found => found.replace(/[ \t]/g, space))
    return text.replace(characters, found => markOf[found])
  }
  const plainText = text => text.replace(specials.marks, found => specials.characterOf.get(found))
  const isObject = value => value !== null && typeof value === 'object' &&
    (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)

  function through (change, value, { keys = true } = {}) {
    if (typeof value === 'string') return change(value)
    if (Array.isArray(value)) return value.map(item => through(change, item))
    if (!isObject(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [keys ? change(key) : key, through(change, item)]))
  }
  const mark = value => through(markText, value)
  const plain = value => through(plainText, value)
  // Objects are compared by what they are, so they stay the same ones.
  const plainTexts = value => typeof value === 'string' ? plainText(value)
    : Array.isArray(value) ? value.map(plainTexts) : value

  const operators = Object.fromEntries(Object.entries(liquidjs.defaultOperators).map(([name, operator]) => [
    name,
    function (...operands) {
      const count = name === 'not' ? 1 : 2
      return operator(...operands.map((value, index) => specials && index < count ? plainTexts(value) : value))
    },
  ]))

  class CaseTag extends liquidjs.CaseTag {
    constructor (...parts) {
      super(...parts)
      const { value } = this
      this.value = {
        * value (ctx, lenient) {
          const found = yield value.value(ctx, lenient)
          return specials ? comparable(found) : found
        },
      }
    }
  }
  const comparable = value => {
    const never = () => false
    return { equals: other => operators['=='](value, other), gt: never, geq: never, lt: never, leq: never }
  }

  // What a filter does with marks, if it does not carry them along.
  const finished = filter => function (value, ...args) {  // its result is HTML
    if (escaping !== 'html') return value  // marks are escaped as their markup needs it
    return filter.call(this, ...plain([value, ...args]))
  }
  const computed = filter => function * (value, ...args) {
    return mark(yield filter.call(this, ...plain([value, ...args])))
  }
  // Within JSON its brackets and quotes are the author's, and what strings hold is data.
  const asJson = filter => function * (value, ...args) {
    const stringified = escaping === 'json' ? filter : computed(filter)
    return yield stringified.call(this, value, ...args)
  }
  const formatted = filter => function (value, format, ...args) {  // a date, where the format is the author's
    const bare = plain(value)
    const how = plain(format)
    const made = filter.call(this, bare, how, ...plain(args))
    return made === bare ? value : how === format ? made : mark(made)
  }
  const counted = filter => function (value, ...args) {  // a number, among the author's words
    return filter.call(this, plain(value), ...args)
  }
  const searching = filter => function (value, needle, ...args) {  // finds the author's `<` in data
    const text = typeof needle === 'string' ? needle : undefined
    if (text === undefined || markText(text) === text || typeof value !== 'string') return filter.call(this, value, needle, ...args)
    return filter.call(this, value.replaceAll(markText(text), text), needle, ...args)
  }
  const searchingOne = last => filter => function (value, needle, ...args) {
    if (typeof value !== 'string' || typeof needle !== 'string') return filter.call(this, value, needle, ...args)
    const places = [needle, markText(needle)].map(text => [last ? value.lastIndexOf(text) : value.indexOf(text), text])
    const found = places.filter(([at]) => at >= 0).sort(([a], [b]) => last ? b - a : a - b)
    return filter.call(this, value, found.length ? found[0][1] : needle, ...args)
  }
  // White space that is marked is white space.
  const spaced = filter => function (value, ...args) {
    const { line, space } = specials
    if (typeof value !== 'string' || !line) return filter.call(this, value, ...args)
    const made = filter.call(this, value.replaceAll(line, '\n').replaceAll(space, ' '), ...args)
    return typeof made === 'string' ? made.replaceAll('\n', line) : made
  }
  const broken = filter => function (value) {  // `<br />` before each line end, which is the author's
    const { line } = specials
    return filter.call(this, typeof value === 'string' && line ? value.replaceAll(line, '\n') : value)
  }
  const trimming = (start, end) => filter => function (value, characters, ...args) {
    const { line, space } = specials
    if (characters !== undefined || typeof value !== 'string' || !line) return stripping(filter).call(this, value, characters, ...args)
    if (start) value = value.replace(new RegExp(`^[\\s${line}${space}]+`), '')
    return end ? value.replace(new RegExp(`[\\s${line}${space}]+$`), '') : value
  }
  const stripping = filter => function (value, characters, ...args) {
    const both = typeof characters === 'string' ? characters + markText(characters) : characters
    return filter.call(this, value, both, ...args)
  }
  const WAYS = new Map([
    ...['escape', 'escape_once', 'xml_escape'].map(name => [name, finished]),
    ...['json', 'jsonify', 'inspect'].map(name => [name, asJson]),
    ...['strip_newlines', 'squish', 'normalize_whitespace', 'truncatewords'].map(name => [name, spaced]),
    ['newline_to_br', broken],
    ...['url_encode', 'url_decode', 'cgi_escape', 'uri_escape', 'slugify', 'strip_html',
      'base64_encode', 'base64_decode', 'sha256', 'hmac_sha256', 'number_of_words', 'sort', 'sort_natural', 'where',
      'reject', 'find', 'find_index', 'has'].map(name => [name, computed]),
    ...['date', 'date_to_xmlschema', 'date_to_rfc822', 'date_to_string', 'date_to_long_string'].map(name => [name, formatted]),
    ...['abs', 'ceil', 'floor', 'round', 'plus', 'minus', 'times', 'divided_by', 'modulo', 'at_least', 'at_most', 'sum',
      'to_integer'].map(name => [name, computed]),
    ['pluralize', counted],
    ...['split', 'remove', 'replace'].map(name => [name, searching]),
    ...['remove_first', 'replace_first'].map(name => [name, searchingOne(false)]),
    ...['remove_last', 'replace_last'].map(name => [name, searchingOne(true)]),
    ['strip', trimming(true, true)],
    ['lstrip', trimming(true, false)],
    ['rstrip', trimming(false, true)],
  ])

  function filter (name, given) {
    if (name === 'raw') return { raw: true, handler: value => specials ? plain(value) : value }
    const way = WAYS.get(name)
    if (!way) return given
    const marking = way(given)
    return function (...values) { return (specials ? marking : given).apply(this, values) }
  }

  const readProperty = liquidjs.Context.prototype.readProperty
  liquidjs.Context.prototype.readProperty = function (object, key) {
    return readProperty.call(this, object, own(object, key))
  }
  function own (object, key) {
    if (!specials || typeof key !== 'string' || !isObject(object) || Object.hasOwn(object, key)) return key
    return markText(plainText(key))
  }
  const property = (object, key) => {
    const name = own(object, key)
    return Object.hasOwn(object, name) ? object[name] : undefined
  }

  const jsonText = value => !specials || escaping === 'json'
    ? JSON.stringify(value)
    : mark(JSON.stringify(plain(value)))

  return {
    operators,
    CaseTag,
    filter,
    objectText: object => jsonText(object),
    isObject,
    mark: value => specials ? mark(value) : value,
    plain: value => specials ? plain(value) : value,
    property,
    jsonText,
    use: (markOf, how) => {
      specials = Object.keys(markOf).length ? specialsOf(markOf) : undefined
      escaping = how
    },
    // The names of variables stay: no template prints them.
    marked: data => specials
      ? Object.fromEntries(Object.entries(data).map(([name, value]) => [name, mark(value)]))
      : data,
  }
})()
