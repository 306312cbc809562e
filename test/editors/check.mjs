// Asks the language services of real editors about endpoint files: VS Code's for JSON, Red Hat's for YAML.
// What they complete, explain and refuse comes from schema/*.json. Usage: node check.mjs SCHEMA_DIR EXAMPLE...
import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { services as configure, labels } from './services.mjs'

const [schemaDir, ...examples] = process.argv.slice(2)
const id = name => `https://penstock.dev/schema/${name}`
const text = name => fs.readFileSync(path.join(schemaDir, name), 'utf8')

// The schemas refer to each other by $id; an editor with the files installed answers from them, never from the network.
const read = uri => {
  if (!uri.startsWith(id(''))) throw new Error(`no such schema: ${uri}`)
  return text(uri.slice(id('').length))
}
const services = configure(read, {
  json: [{ uri: id('endpoint.json'), fileMatch: ['*.endpoint.json'] }],
  yaml: [{ uri: id('endpoint.json'), fileMatch: ['*.endpoint.yaml'] }],
}, (n, language) => `file:///check/${n}.endpoint.${language}`)

const includes = (list, wanted, what) => {
  for (const w of wanted) assert.ok(list.includes(w), `${what}: ${w} is missing in ${list.join(', ')}`)
}

const endpoint = {
  json: inner => `{"configuration":{"bootstrapServers":"kafka:9092"},"sharedConfigurationOverride":{${inner}}}`,
  yaml: inner => `configuration:\n  bootstrapServers: kafka:9092\nsharedConfigurationOverride:\n${inner}`,
}
const cases = {
  json: {
    root: '{ "|" }', consumer: endpoint.json('"consumer":{ "|" }'),
    reset: endpoint.json('"consumer":{"enabled":true,"topics":["t"],"autoOffsetReset":|}'),
    hover: endpoint.json('"consumer":{"enabled":true,"topics":["t"],"autoOffset|Reset":"latest"}'),
    misspelt: endpoint.json('"consumer":{"enabled":true,"topcis":["t"]}'),
    wrongEnum: endpoint.json('"consumer":{"enabled":true,"topics":["t"],"autoOffsetReset":"newest"}'),
    wrongType: endpoint.json('"consumer":{"enabled":"yes","topics":["t"]}'),
    both: endpoint.json('"consumer":{"enabled":true,"topics":["t"],"topicPattern":"t.*"}'),
    noSasl: endpoint.json('"security":{"protocol":"SASL_SSL"},"producer":{"enabled":true,"topics":["t"]}'),
  },
  yaml: {
    root: '|', consumer: endpoint.yaml('  consumer:\n    |'),
    reset: endpoint.yaml('  consumer:\n    enabled: true\n    topics: [t]\n    autoOffsetReset: |'),
    hover: endpoint.yaml('  consumer:\n    enabled: true\n    topics: [t]\n    autoOffset|Reset: latest\n'),
    misspelt: endpoint.yaml('  consumer:\n    enabled: true\n    topcis: [t]\n'),
    wrongEnum: endpoint.yaml('  consumer:\n    enabled: true\n    topics: [t]\n    autoOffsetReset: newest\n'),
    wrongType: endpoint.yaml('  consumer:\n    enabled: "yes"\n    topics: [t]\n'),
    both: endpoint.yaml('  consumer:\n    enabled: true\n    topics: [t]\n    topicPattern: t.*\n'),
    noSasl: endpoint.yaml('  security:\n    protocol: SASL_SSL\n  producer:\n    enabled: true\n    topics: [t]\n'),
  },
}

for (const language of ['json', 'yaml']) {
  const service = services[language]
  const c = cases[language]
  includes(labels(await service.complete(c.root)), ['configuration', 'sharedConfigurationOverride', 'name'], `${language} root`)
  includes(labels(await service.complete(c.consumer)), ['topics', 'topicPattern', 'autoOffsetReset', 'encodeMessageId'], `${language} consumer`)
  includes(labels(await service.complete(c.reset)), ['earliest', 'latest', 'none'], `${language} autoOffsetReset`)
  assert.match(await service.hover(c.hover), /offset/i, `${language} hover`)
  for (const wrong of ['misspelt', 'wrongEnum', 'wrongType', 'both', 'noSasl']) {
    const problems = await service.problems(c[wrong])
    assert.ok(problems.length > 0, `${language}: ${wrong} is not refused`)
    console.log(`${language} ${wrong}: ${problems.map(p => p.message.split('\n')[0]).join(' | ')}`)
  }
}
for (const example of examples) {
  const problems = await services.json.problems(fs.readFileSync(example, 'utf8'))
  assert.deepEqual(problems.map(p => p.message), [], example)
  console.log(`${example}: no problem`)
}
console.log('editors: ok')
