// What a browser has and QuickJS lacks, as far as LiquidJS asks for it: UTC as the zone of the
// process, time zones, the English of Intl, and texts as bytes.
//
// QuickJS cannot call Python within a limit of time. So a rendering that needs a zone's offsets of a
// year goes on with UTC, is thrown away, and is repeated once Python has added them (`zones.add`).
globalThis.zones = (() => {
  'use strict'
  const MOST = 200  // zones and years that one message may use
  let names = new Map()  // as IANA spells them, by their lower case
  const offsets = new Map()  // [since, seconds] pairs of a year
  let needed = new Map()

  const yearOf = time => new Date(time).getUTCFullYear()

  return {
    know: all => { names = new Map(all.map(name => [name.toLowerCase(), name])) },
    isKnown: name => names.has(name.toLowerCase()),
    add: (name, year, pairs) => {
      if (offsets.size > 50 * MOST) offsets.clear()
      offsets.set(`${name} ${year}`, pairs)
    },
    taken: () => {
      const taken = [...needed.values()]
      needed = new Map()
      return taken
    },
    // The offset in seconds from UTC.
    offset: (given, time) => {
      const name = names.get(given.toLowerCase())
      if (name === undefined) throw new RangeError(`no time zone is called "${given}"`)
      if (Number.isNaN(time)) return 0
      const key = `${name} ${yearOf(time)}`
      const known = offsets.get(key)
      if (known) return known.findLast(([since]) => since <= time / 1000)[1]
      if (needed.size >= MOST) throw new RangeError('a message has dates of too many time zones and years')
      needed.set(key, [name, yearOf(time)])
      return 0
    },
  }
})()

;(() => {
  'use strict'
  const Native = Date
  const MINUTE = 60_000
  const MONTHS = 'January February March April May June July August September October November December'.split(' ')
  const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')
  const two = number => String(number).padStart(2, '0')
  const timeOf = date => `${date.getUTCHours() % 12 || 12}:${two(date.getUTCMinutes())}:` +
    `${two(date.getUTCSeconds())} ${date.getUTCHours() < 12 ? 'AM' : 'PM'}`
  const dayOf = date => `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`

  // A text without a zone is read as UTC: QuickJS reads it as local time.
  const read = text => {
    const time = Native.parse(text)
    const away = new Native(time).getTimezoneOffset() * MINUTE
    if (!away || Number.isNaN(time)) return time
    const hasZone = [`${text}Z`, `${text} UTC`].every(longer => Number.isNaN(Native.parse(longer)))
    return hasZone ? time : time - away
  }

  class UtcDate extends Native {
    constructor (...parts) {
      if (parts.length > 1) super(Native.UTC(...parts))
      else if (typeof parts[0] === 'string') super(read(parts[0]))
      else super(...parts)
    }
    static parse (text) { return read(String(text)) }
    getTimezoneOffset () { return 0 }
    getFullYear () { return this.getUTCFullYear() }
    getMonth () { return this.getUTCMonth() }
    getDate () { return this.getUTCDate() }
    getDay () { return this.getUTCDay() }
    getHours () { return this.getUTCHours() }
    getMinutes () { return this.getUTCMinutes() }
    getSeconds () { return this.getUTCSeconds() }
    getMilliseconds () { return this.getUTCMilliseconds() }
    toLocaleDateString () { return dayOf(this) }
    toLocaleTimeString () { return timeOf(this) }
    toLocaleString (_, options) {
      const zone = options?.timeZone
      if (zone === undefined) return `${dayOf(this)}, ${timeOf(this)}`
      const seconds = zones.offset(String(zone), this.getTime())
      // LiquidJS takes the difference of two such texts: that they are ISO 8601 is ours to choose.
      const there = new Native(this.getTime() + seconds * 1000)
      return Number.isNaN(there.getTime()) ? '' : there.toISOString()
    }
  }

  const shortened = (name, width) => width === 'short' ? name.slice(0, 3) : name
  const PARTS = {
    month: (date, width) => shortened(MONTHS[date.getMonth()], width),
    weekday: (date, width) => shortened(DAYS[date.getDay()], width),
  }
  const DateTimeFormat = (_, options = {}) => ({
    resolvedOptions: () => ({ timeZone: 'UTC', locale: 'en-US' }),
    format: date => Object.entries(options).map(([part, width]) => PARTS[part](date, width)).join(' '),
  })

  const UTF8 = /(?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf]|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]{2})+|[^]/g
  const decoded = bytes => {
    try { return decodeURIComponent(escape(bytes)) } catch { return '\ufffd' }
  }
  class TextEncoder {
    encode (text) {
      return Uint8Array.from(unescape(encodeURIComponent(text.toWellFormed())), byte => byte.charCodeAt(0))
    }
  }
  class TextDecoder {
    decode (bytes) {
      const binary = Array.from(bytes, byte => String.fromCharCode(byte)).join('')
      return binary.replace(UTF8, decoded)
    }
  }

  Object.assign(globalThis, { Date: UtcDate, Intl: { DateTimeFormat }, TextEncoder, TextDecoder, window: globalThis, console: { log () {} } })
})()
