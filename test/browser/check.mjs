// Opens the gateway's own page in Chromium and does what a web application does: listens with EventSource, posts
// with fetch, reconnects, opens a WebSocket. Usage: node check.mjs http://localhost:8080
import assert from 'node:assert/strict'
import { open } from './chromium.mjs'

const base = process.argv[2]
const browser = await open()
try {
  const page = await browser.newPage()
  await page.goto(`${base}/docs`)
  assert.match(await page.textContent('body'), /Orders/, 'the page lists the apis')
  // Pages of /docs forbid scripts to connect; the answer for an unknown path is a page of the same origin without one.
  await page.goto(`${base}/none`)
  const complaints = []
  page.on('console', message => { if (message.type() === 'error') complaints.push(message.text()) })
  page.on('pageerror', error => complaints.push(String(error)))

  // EventSource: what is posted after the stream is open comes, once, with an id.
  const order = `browser-${Date.now()}`
  const events = await page.evaluate(async order => {
    const seen = []
    const source = new EventSource('/orders/events')
    source.addEventListener('OrderPlaced', event => seen.push({ id: event.lastEventId, data: JSON.parse(event.data) }))
    await new Promise((resolve, reject) => { source.onopen = resolve; source.onerror = reject })
    const answer = await fetch('/orders', {
      method: 'POST', headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ orderId: order, sku: 'AB-1234', quantity: 1 }),
    })
    const receipt = await answer.json()
    const deadline = Date.now() + 10000
    while (!seen.some(e => e.data.orderId === order) && Date.now() < deadline) await new Promise(r => setTimeout(r, 20))
    await new Promise(r => setTimeout(r, 200))
    source.close()
    return { status: answer.status, receipt, seen: seen.filter(e => e.data.orderId === order) }
  }, order)
  assert.equal(events.status, 202)
  assert.equal(events.receipt.records[0].topic, 'orders')
  assert.equal(events.seen.length, 1, 'the event comes once')
  assert.ok(events.seen[0].id, 'the event has an id')
  console.log('EventSource: posted and seen', events.seen[0].data.orderId)

  // A stream that goes on after an id gives nothing that was seen before it.
  const resumed = await page.evaluate(async ({ id, order }) => {
    const source = new EventSource(`/orders/events?cursor=${encodeURIComponent(id)}`)
    const seen = []
    source.addEventListener('OrderPlaced', event => seen.push(JSON.parse(event.data).orderId))
    await new Promise((resolve, reject) => { source.onopen = resolve; source.onerror = reject })
    await fetch('/orders', {
      method: 'POST', headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ orderId: `${order}-next`, sku: 'AB-1234', quantity: 1 }),
    })
    const deadline = Date.now() + 10000
    while (seen.length === 0 && Date.now() < deadline) await new Promise(r => setTimeout(r, 20))
    source.close()
    return seen
  }, { id: events.seen[0].id, order })
  assert.deepEqual(resumed, [`${order}-next`])
  console.log('EventSource: resumed after', events.seen[0].id)

  // A refused message says what to change, readable for a page.
  const refused = await page.evaluate(async () => {
    const answer = await fetch('/orders', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"sku":"x"}' })
    return { status: answer.status, problem: await answer.json() }
  })
  assert.equal(refused.status, 400)
  assert.deepEqual(refused.problem.errors.map(e => e.pointer).sort(), ['', '', '/sku'])

  // WebSocket: text frames hold JSON.
  const frames = await page.evaluate(async order => {
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/orders/ws`)
    const seen = []
    socket.onmessage = event => seen.push(event.data)
    await new Promise((resolve, reject) => { socket.onopen = resolve; socket.onerror = reject })
    const deadline = Date.now() + 10000
    while (!seen.some(f => typeof f === 'string' && f.includes(order)) && Date.now() < deadline) await new Promise(r => setTimeout(r, 20))
    const closed = new Promise(resolve => { socket.onclose = event => resolve(event.code) })
    socket.close(1000)
    return { seen: seen.filter(f => f.includes(order)).map(f => JSON.parse(f).orderId), code: await closed }
  }, order)
  assert.deepEqual([...frames.seen].sort(), [order, `${order}-next`])
  assert.equal(frames.code, 1000)
  console.log('WebSocket: text frames, closed with', frames.code)

  // The refused order and the icon that browsers ask for are the 4xx of this visit.
  assert.deepEqual(complaints.filter(text => !/status of 4\d\d/.test(text)), [], 'the console has no error')
  console.log('browser: ok')
} finally {
  await browser.close()
}
