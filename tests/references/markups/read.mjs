// Reads texts as a service does. A tree is a text, or a list of a name and of what is in it.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const require = createRequire(import.meta.url)
const isList = Array.isArray

const mattermost = () => {
  const { Parser } = require('@mattermost/commonmark')
  const parser = new Parser({ urlFilter: () => true, minimumHashtagLength: 3 })
  const TEXTS = new Set(['text', 'code', 'code_block', 'latex_inline'])
  const tree = node => {
    if (node.type === 'softbreak' || node.type === 'linebreak') return '\n'
    if (node.type === 'text') return node.literal
    const inner = TEXTS.has(node.type) ? [node.literal] : []
    for (let child = node.firstChild; child; child = child.next) inner.push(tree(child))
    return [node.type, ...(node.destination ? [['target', node.destination]] : []), ...inner]
  }
  return text => tree(parser.parse(text))
}
const rocket = () => {
  const { parse } = require('@rocket.chat/message-parser')
  const tree = node => {
    if (typeof node === 'string') return node
    if (isList(node)) return ['list', ...node.map(tree)]
    if (node.type === 'PLAIN_TEXT') return node.value
    if (node.type === 'LINE_BREAK') return '\n'
    if (node.type === 'EMOJI' && node.unicode) return node.unicode
    if (node.type === 'LINK' || node.type === 'IMAGE') {
      const label = isList(node.value.label) ? node.value.label : [node.value.label]
      return [node.type, ['target', node.value.src.value], ...label.map(tree)]
    }
    if (!node.value) return [node.type]
    return [node.type, ...(isList(node.value) ? node.value : [node.value]).map(tree)]
  }
  return text => ['message', ...parse(text).map(tree)]
}
const discord = () => {
  const { parse } = require('discord-markdown-parser')
  const tree = node => {
    if (typeof node === 'string') return node
    if (node.type === 'text') return node.content
    if (node.type === 'br') return '\n'
    if (node.type === 'twemoji') return node.name
    const inner = isList(node.content) ? node.content.map(tree) : node.content === undefined ? [] : [tree(node.content)]
    return [node.type, ...(node.target ? [['target', node.target]] : []), ...inner]
  }
  return text => ['message', ...parse(text, 'extended').map(tree)]
}
const decoded = text => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
const slack = () => {
  const module = require('slack-message-parser')
  const parse = module.parse ?? module.default
  const tree = node => {
    if (node.type === 0) return decoded(node.text)
    // It takes anything between colons for an emoji; Slack's names are of these characters.
    if (node.type === module.NodeType.Emoji && !/^[a-z0-9_'+-]*[a-z][a-z0-9_'+-]*$/.test(node.name)) return `:${node.name}:`
    const inner = (node.children ?? node.label ?? []).map(tree)
    const said = node.text === undefined ? [] : [decoded(node.text)]
    return [String(module.NodeType?.[node.type] ?? node.type), ...(node.url ? [['target', decoded(node.url)]] : []), ...said, ...inner]
  }
  return text => tree(parse(text))
}

const READERS = { mattermost, 'rocket-chat': rocket, discord, slack }
const { service, texts } = JSON.parse(readFileSync(0, 'utf8'))
const read = READERS[service]()
process.stdout.write(JSON.stringify(texts.map(read)))
