// Runs `watch` of docs/authentication.md in Chromium: node tickets.mjs BASE FILE, where FILE has the function and the
// variable TOKEN a token with the scopes notes:read and notes:write.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { open } from './chromium.mjs'

const [base, file] = process.argv.slice(2)
const shown = await readFile(file, 'utf8')
assert.match(shown, /^async function watch\(path, name, cursor\)/, 'the page has the function')
const patience = { timeout: 30000 }

const browser = await open()
try {
  const page = await browser.newPage()
  // What the application has beside the function, and an EventSource that tells what it got.
  await page.addInitScript(`
    globalThis.token = async () => ${JSON.stringify(process.env.TOKEN)};
    globalThis.streams = [];
    globalThis.EventSource = class extends EventSource {
      constructor(url) {
        super(url);
        const stream = { source: this, url: String(url), open: false, seen: [] };
        streams.push(stream);
        this.addEventListener('open', () => { stream.open = true; });
        this.addEventListener('watchNotes', (event) => stream.seen.push({ id: event.lastEventId, text: JSON.parse(event.data).text }));
      }
    };
    ${shown}
    globalThis.watch = watch;`)
  // The gateway is away when the first ticket is asked for.
  let asked = 0
  await page.route('**/_penstock/tickets', (route) => (asked++ === 0 ? route.abort() : route.continue()))
  await page.goto(`${base}/none`) // the answer for an unknown path is a page that may connect

  const write = (text) => page.evaluate(async (text) => {
    const answer = await fetch('/notes', {
      method: 'POST', headers: { 'Authorization': `Bearer ${await token()}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ text }),
    })
    return answer.status
  }, text)
  const stream = (n) => page.evaluate((n) => {
    const { url, seen, source } = streams[n]
    return { path: new URL(url, location).pathname, query: Object.fromEntries(new URL(url, location).searchParams), seen, state: source.readyState }
  }, n)

  await page.evaluate(() => { watch('/notes/stream', 'watchNotes') })
  await page.waitForFunction(() => streams[0]?.open, null, patience)
  assert.ok(asked > 1, 'the first ticket could not be asked for')
  assert.equal(await write('one'), 202)
  await page.waitForFunction(() => streams[0].seen.length > 0, null, patience)
  const first = await stream(0)
  assert.equal(first.path, '/notes/stream')
  assert.deepEqual(first.seen.map((e) => e.text), ['one'])
  assert.ok(first.seen[0].id, 'the event has an id')
  console.log('tickets: a stream was opened with a ticket, after one that failed')

  // Trouble: the stream is opened again, with another ticket, behind what was seen.
  await page.evaluate(() => { streams[0].source.dispatchEvent(new Event('error')) })
  await page.waitForFunction(() => streams[1]?.open, null, patience)
  assert.equal(await write('two'), 202)
  await page.waitForFunction(() => streams[1].seen.length > 0, null, patience)
  const second = await stream(1)
  assert.equal((await stream(0)).state, 2, 'the first stream is closed')
  assert.equal(second.query.cursor, first.seen[0].id)
  assert.notEqual(second.query.ticket, first.query.ticket)
  assert.deepEqual(second.seen.map((e) => e.text), ['two'])
  console.log('tickets: opened again after', second.query.cursor)

  // A ticket is used up.
  const again = await page.evaluate(async (ticket) => (await fetch(`/notes/stream?ticket=${ticket}`)).status, second.query.ticket)
  assert.equal(again, 401)
  console.log('tickets: ok')
} finally {
  await browser.close()
}
