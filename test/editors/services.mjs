// The language services of real editors, VS Code's for JSON and Red Hat's for YAML, over a set of associations.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const json = require('vscode-json-languageservice')
const yaml = require('yaml-language-server')
const { TextDocument } = require('vscode-languageserver-textdocument')

const clientCapabilities = {
  textDocument: {
    completion: { completionItem: { documentationFormat: ['markdown', 'plaintext'], snippetSupport: true } },
    hover: { contentFormat: ['markdown'] },
  },
}

// services configures both: read gives the text of a schema by its uri; associations are { json, yaml } lists of
// { uri, fileMatch }; name gives a checked text the uri of a file. Each check has a name of its own: yaml-language-server
// keeps answers by name.
export const services = (read, associations, name) => {
  const context = {
    schemaRequestService: async uri => read(uri),
    workspaceContext: { resolveRelativePath: (relative, base) => new URL(relative, base).toString() },
    clientCapabilities,
  }
  const jsonService = json.getLanguageService(context)
  jsonService.configure({ validate: true, schemas: associations.json })
  const yamlService = yaml.getLanguageService(context)
  yamlService.configure({ validate: true, hover: true, completion: true, schemas: associations.yaml })

  let serial = 0
  // A "|" in a text marks the cursor; a text without one has none.
  const open = (marked, language) => {
    const offset = marked.indexOf('|')
    const source = offset < 0 ? marked : marked.slice(0, offset) + marked.slice(offset + 1)
    const document = TextDocument.create(name(++serial, language), language, 1, source)
    return { document, position: document.positionAt(Math.max(offset, 0)) }
  }
  const whole = (text, language) => TextDocument.create(name(++serial, language), language, 1, text)
  const judge = {
    json: document => jsonService.doValidation(document, jsonService.parseJSONDocument(document),
      { schemaValidation: 'error', comments: 'error', trailingCommas: 'error' }),
    yaml: document => yamlService.doValidation(document, false),
  }
  return {
    json: {
      complete: async marked => {
        const { document, position } = open(marked, 'json')
        return (await jsonService.doComplete(document, position, jsonService.parseJSONDocument(document))).items
      },
      hover: async marked => {
        const { document, position } = open(marked, 'json')
        return JSON.stringify((await jsonService.doHover(document, position, jsonService.parseJSONDocument(document)))?.contents ?? '')
      },
      problems: async text => judge.json(whole(text, 'json')),
    },
    yaml: {
      complete: async marked => {
        const { document, position } = open(marked, 'yaml')
        return (await yamlService.doComplete(document, position, false)).items
      },
      hover: async marked => {
        const { document, position } = open(marked, 'yaml')
        return JSON.stringify((await yamlService.doHover(document, position))?.contents ?? '')
      },
      problems: async text => judge.yaml(whole(text, 'yaml')),
    },
  }
}

export const labels = items => items.map(item => item.label.replaceAll('"', ''))
