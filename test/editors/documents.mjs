// Asks the language services of real editors about whole documents, configured by what `penstock schema --install` wrote.
// Usage: node documents.mjs PROJECT OFFICIAL_SCHEMA.json.gz DOCUMENT...
import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import { services, labels } from './services.mjs'

const [project, official, ...documents] = process.argv.slice(2)
const workspace = 'file:///project/'
const officialURI = 'https://asyncapi.com/schema.json'
const settings = JSON.parse(fs.readFileSync(path.join(project, '.vscode/settings.json'), 'utf8'))
const inWorkspace = url => new URL(url, workspace).toString()
const associations = {
  json: settings['json.schemas'].map(({ fileMatch, url }) => ({ uri: inWorkspace(url), fileMatch })),
  yaml: Object.entries(settings['yaml.schemas']).map(([url, fileMatch]) => ({ uri: inWorkspace(url), fileMatch })),
}
const read = uri => {
  if (uri === officialURI) return zlib.gunzipSync(fs.readFileSync(official)).toString()
  if (!uri.startsWith(workspace)) throw new Error(`no such schema: ${uri}`)
  return fs.readFileSync(path.join(project, uri.slice(workspace.length)), 'utf8')
}
// yaml-language-server says of the official schema, together with any other, that it cannot judge the schema itself
// because it is recursive, and goes on.
console.warn = message => { if (!/could not be fully validated/.test(message)) console.error(message) }

const alone = services(read, associations, (n, language) => `${workspace}specs/${n}.${language}`)
const beside = services(read, {
  json: [...associations.json, { uri: officialURI, fileMatch: ['specs/*.json'] }],
  yaml: [...associations.yaml, { uri: officialURI, fileMatch: ['specs/*.yaml'] }],
}, (n, language) => `${workspace}specs/beside${n}.${language}`)
const endpointFiles = services(read, associations, (n, language) => `${workspace}specs/${n}.endpoint.${language}`)

const head = 'asyncapi: 3.1.0\ninfo:\n  title: Orders\n  version: 1.0.0\n'
const operation = inner => `${head}operations:\n  watch:\n    action: send\n    channel: { $ref: "#/channels/orders" }\n${inner}`
const pathItem = inner => `openapi: 3.1.0\ninfo: { title: Orders, version: 1.0.0 }\npaths:\n  /orders:\n    post:\n      operationId: place\n${inner}`
const root = ['x-kafka-api', 'x-kafka-endpoint', 'x-kafka-endpoint-groups', 'x-kafka-entrypoints', 'x-kafka-attributes', 'x-kafka-allow']
const below = ['x-kafka-endpoint', 'x-kafka-entrypoints', 'x-kafka-attributes', 'x-kafka-allow']

const completions = [
  ['root', `${head}x-kafka|`, root, ['channels']],
  ['server', `${head}servers:\n  kafka:\n    host: kafka:9092\n    protocol: kafka\n    x-|`, ['x-kafka-endpoint'], ['x-kafka-entrypoints']],
  ['channel', `${head}channels:\n  orders:\n    address: orders\n    x-|`, below, ['x-kafka-api']],
  ['operation', operation('    x-|'), below, ['x-kafka-api', 'x-kafka-endpoint-groups']],
  ['path item', pathItem('      x-|'), below, ['x-kafka-api']],
  ['webhook', 'openapi: 3.1.0\nwebhooks:\n  placed:\n    post:\n      x-|', below, ['x-kafka-api']],
  ['entrypoints', operation('    x-kafka-entrypoints:\n      |'), ['http-post', 'http-get', 'sse', 'websocket', 'webhook'], []],
  ['sse', operation('    x-kafka-entrypoints:\n      sse:\n        |'), ['path', 'qos', 'heartbeatIntervalInMs'], ['messagesLimitCount']],
  ['qos', operation('    x-kafka-entrypoints:\n      sse:\n        qos: |'), ['none', 'balanced', 'at-least-once'], []],
  ['endpoint', `${head}x-kafka-endpoint:\n  |`, ['configuration', 'sharedConfigurationOverride'], []],
  ['consumer', operation('    x-kafka-endpoint:\n      sharedConfigurationOverride:\n        consumer:\n          |'), ['topics', 'autoOffsetReset', '$ref'], []],
  ['autoOffsetReset', `${head}x-kafka-endpoint:\n  sharedConfigurationOverride:\n    consumer:\n      autoOffsetReset: |`, ['earliest', 'latest', 'none'], ['$ref']],
  ['attributes', `${head}x-kafka-attributes:\n  - |`, ['name', 'value', 'phase'], []],
]
for (const [name, service] of [['alone', alone], ['beside the official schema', beside]]) {
  for (const [what, text, wanted, unwanted] of completions) {
    if (text.startsWith('openapi') && service === beside) continue
    const list = labels(await service.yaml.complete(text))
    for (const label of wanted) assert.ok(list.includes(label), `${name}: ${what}: ${label} is missing in ${list.join(', ')}`)
    if (service === beside) continue // the official schema may offer its own
    for (const label of unwanted) assert.ok(!list.includes(label), `${name}: ${what}: ${label} does not belong in ${list.join(', ')}`)
  }
  const level = operation('    x-kafka-entrypoints:\n      sse:\n        path: /orders\n        q|os: none\n')
  assert.match(await service.yaml.hover(level), /How surely messages arrive/, `${name}: hover over qos`)
  const entrypoints = operation('    x-kafka-entry|points:\n      sse: { path: /orders }\n')
  assert.match(await service.yaml.hover(entrypoints), /The web side of an operation/, `${name}: hover over x-kafka-entrypoints`)
}

const mistakes = [
  ['unknown annotation', `${head}x-kafka-topic: a\n`, new RegExp(root.join('.*'))],
  ['misspelt annotation', operation('    x-kafka-entrypoint: {}\n'), new RegExp(below.join('.*'))],
  ['wrong place', `${head}servers:\n  s:\n    host: a\n    protocol: kafka\n    x-kafka-entrypoints: {}\n`, /at a server there is x-kafka-endpoint only/],
  ['not read', `asyncapi: 3.1.0\ninfo:\n  title: a\n  version: "1"\n  x-kafka-api: orders\n`, /an annotation here is not read/],
  ['beside a $ref', `${head}channels:\n  c:\n    $ref: "#/components/channels/c"\n    x-kafka-allow: {}\n`, /beside a \$ref is not read/],
  ['misspelt property', `${head}x-kafka-endpoint:\n  configuration: { bootstrapServer: kafka:9092 }\n`, /bootstrapServer is not allowed/],
  ['misspelt in a 3.x operation', operation('    x-kafka-entrypoints:\n      sse: { path: /a, heartbeat: 1000 }\n'), /heartbeat is not allowed/],
  ['misspelt in a 2.x operation', 'asyncapi: 2.6.0\nchannels:\n  a:\n    publish:\n      x-kafka-entrypoints:\n        http-psot: {}\n', /http-psot is not allowed/],
  ['misspelt in OpenAPI', pathItem('      x-kafka-endpoint: { wieght: 1 }\n'), /wieght is not allowed/],
  ['wrong value', operation('    x-kafka-endpoint:\n      sharedConfigurationOverride:\n        consumer: { autoOffsetReset: newest }\n'), /earliest/],
  ['wrong level', operation('    x-kafka-entrypoints:\n      sse: { path: /a, qos: twice }\n'), /none|pattern/],
  ['wrong type', `${head}x-kafka-endpoint:\n  sharedConfigurationOverride:\n    producer: { enabled: "yes" }\n`, /boolean/],
  ['no list', `${head}x-kafka-attributes: { name: a, value: b }\n`, /not allowed|must be a list/],
  ['two endpoints', `${head}x-kafka-endpoint: {}\nx-kafka-endpoint-groups:\n  - name: g\n    endpoints: [{ name: a, configuration: { bootstrapServers: "a:1" } }]\n`, /exclude each other/],
  ['group without brokers', `${head}x-kafka-endpoint-groups:\n  - name: g\n    endpoints: [{ name: a }]\n`, /configuration/],
]
for (const [what, text, wanted] of mistakes) {
  for (const service of text.startsWith(head) ? [beside, alone] : [alone]) {
    const messages = (await service.yaml.problems(text)).map(problem => problem.message.split('\n')[0])
    assert.ok(messages.some(message => wanted.test(message)), `${what}: ${wanted} is not among: ${messages.join(' | ')}`)
    if (service === alone) console.log(`document, ${what}: ${messages.join(' | ')}`)
  }
}
const inJSON = '{"asyncapi":"3.1.0","operations":{"o":{"x-kafka-entrypoints":{"sse":{"qos":"twice"}},"x-kafka-topic":1}}}'
const messages = (await alone.json.problems(inJSON)).map(problem => problem.message)
assert.equal(messages.length, 2, messages.join(' | '))
assert.match(messages.join(), new RegExp(below.join('.*')))

const references = `${head}x-kafka-endpoint: { $ref: a.endpoint.json }\nx-kafka-attributes: { $ref: a.yaml }\noperations:\n  o:\n    x-kafka-entrypoints:\n      sse: { path: { $ref: a.yaml } }\n`
assert.deepEqual((await alone.yaml.problems(references)).map(problem => problem.message), [], 'references')

// The schema of documents is not for endpoint files that stand in the same folder.
for (const [language, text] of [['json', '{ "|" }'], ['yaml', '|']]) {
  const list = labels(await endpointFiles[language].complete(text))
  assert.ok(list.includes('configuration') && !list.includes('x-kafka-api'), `endpoint file: ${list.join(', ')}`)
}
for (const document of documents) {
  const text = fs.readFileSync(document, 'utf8')
  const sets = /^asyncapi: 3\.1/m.test(text) ? [alone, beside] : [alone]
  for (const service of sets) {
    assert.deepEqual((await service.yaml.problems(text)).map(problem => problem.message), [], document)
  }
  console.log(`${document}: no problem${sets.length > 1 ? ', beside the official schema too' : ''}`)
}
console.log('documents: ok')
