// What LiquidJS takes no notice of, or fails at with each message, and no data could mend: refused
// when a source is saved. `strict.parse(parse)` parses so; sources that are stored are not asked.
globalThis.strict = (() => {
  'use strict'
  const { Tokenizer } = liquidjs
  let on = false
  let liquid

  // The numbers of arguments that each filter takes: "least most name name …".
  const ARGUMENTS = new Map([
    '0 0 abs ceil floor upcase downcase capitalize escape escape_once xml_escape strip_html newline_to_br strip_newlines',
    '0 0 squish normalize_whitespace url_encode url_decode cgi_escape uri_escape base64_encode base64_decode sha256',
    '0 0 first last reverse size compact uniq pop shift to_integer raw date_to_xmlschema date_to_rfc822',
    '0 1 strip lstrip rstrip json jsonify inspect join sort sort_natural sum round number_of_words sample',
    '0 1 array_to_sentence_string',
    '0 2 truncate truncatewords slugify date date_to_string date_to_long_string',
    '1 1 append prepend plus minus times modulo at_least at_most remove remove_first remove_last split map concat push',
    '1 1 unshift hmac_sha256 default group_by',
    '1 2 divided_by slice where reject find find_index has',
    '1 2 replace replace_first replace_last',
    '2 2 where_exp reject_exp find_exp find_index_exp has_exp group_by_exp',
    '0 3 digest pluralize',
    '0 6 toSentence',
  ].flatMap(row => {
    const [least, most, ...names] = row.split(' ')
    return names.map(name => [name, [Number(least), Number(most)]])
  }))
  const NAMED = { default: ['allow_false'] }

  const fail = message => { throw new liquidjs.AssertionError(message) }
  const counted = (least, most) =>
    `${least === most ? least : `${least} to ${most}`} argument${least === most && least === 1 ? '' : 's'}`

  function checkFilter ({ name, args }) {
    if (!(name in liquid.filters)) fail(`no filter is called "${name}"`)
    const [least, most] = ARGUMENTS.get(name) ?? [0, Infinity]
    const positional = args.filter(argument => !Array.isArray(argument))
    if (positional.length < least || positional.length > most) {
      fail(`filter "${name}" takes ${counted(least, most)}, not ${positional.length}`)
    }
    for (const [key] of args.filter(Array.isArray)) {
      if (!NAMED[name]?.includes(key)) fail(`filter "${name}" takes no argument "${key}"`)
    }
    const [format, second] = positional
    if (name === 'date' && format && /%[^a-zA-Z%]*\d{3}/.test(format.getText())) fail('a date of more than 99 characters')
    const text = second && liquidjs.TypeGuards.isQuotedToken(second) ? liquidjs.evalQuotedToken(second) : undefined
    if (text === undefined) return
    if (name === 'date' && !zones.isKnown(text)) fail(`no time zone is called "${text}"`)
    if (name.endsWith('_exp')) new liquidjs.Value(text, liquid)
  }

  function checkExpression (postfix) {
    let values = 0
    for (const token of postfix) {
      const takes = liquidjs.TypeGuards.isOperatorToken(token) ? (token.operator === 'not' ? 1 : 2) : 0
      if (values < takes) fail(`"${token.operator}" lacks a value`)
      values += 1 - takes
    }
    if (values > 1) fail(`unexpected "${postfix.at(-1).getText()}"`)
  }

  const readFilteredValue = Tokenizer.prototype.readFilteredValue
  Tokenizer.prototype.readFilteredValue = function () {
    const found = readFilteredValue.call(this)
    if (!on) return found
    checkExpression(found.initial.postfix)
    found.filters.forEach(checkFilter)
    this.skipBlank()
    if (!this.end() && !(on === 'list' && this.peek() === ',')) fail(`unexpected ${this.snapshot()}`)
    return found
  }

  let depth = 0
  const start = liquidjs.ParseStream.prototype.start
  liquidjs.ParseStream.prototype.start = function () {
    depth += 1
    try {
      if (on && depth > limits.nesting) fail(`more than ${limits.nesting} blocks within each other`)
      return start.call(this)
    } finally { depth -= 1 }
  }

  const checkedHash = (Given, names) => class extends Given {
    constructor (...parts) {
      super(...parts)
      if (!on) return
      const given = Object.keys((this.hash?.hash ?? this.args.hash))
      for (const name of given) {
        if (!names.includes(name)) fail(`"${name}" is none of ${names.join(', ')}`)
      }
      this.tokenizer.skipBlank()
      if (!this.tokenizer.end()) fail(`unexpected ${this.tokenizer.snapshot()}`)
    }
  }

  const TAGS = {
    for: checkedHash(liquidjs.ForTag, ['limit', 'offset', 'reversed']),
    tablerow: checkedHash(liquidjs.TablerowTag, ['limit', 'offset', 'cols']),
    cycle: class extends liquidjs.CycleTag {
      constructor (...parts) {
        const before = on
        on = on && 'list'
        try { super(...parts) } finally { on = before }
      }
    },
    increment: class extends liquidjs.IncrementTag {
      constructor (...parts) {
        super(...parts)
        if (on && !this.variable) fail('expected variable name')
      }
    },
    decrement: class extends liquidjs.DecrementTag {
      constructor (...parts) {
        super(...parts)
        if (on && !this.variable) fail('expected variable name')
      }
    },
  }

  return {
    ARGUMENTS,
    TAGS,
    parse: (engine, source) => {
      on = true
      liquid = engine
      try { return engine.parse(source) } finally { on = false }
    },
  }
})()
