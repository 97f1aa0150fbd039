import assert from 'node:assert/strict';
import test from 'node:test';
import { emptyList, extended, nextStatuses, noticeView, refreshed, revivable, withTicket } from '../static/js/state.js';
import { kept } from '../static/js/kept.js';
import { isEmpty } from '../static/js/listing.js';

const tickets = (...ids) => ids.map((id) => ({ id, notice: null }));
const page = (ids, next = '') => ({ tickets: tickets(...ids), next, total: 10 });
const ids = (list) => list.tickets.map((ticket) => ticket.id);

test('the first page is not news', () => {
  const list = refreshed(emptyList, page([3, 2, 1]));
  assert.equal(list.phase, 'ready');
  assert.deepEqual(list.fresh, []);
  assert.deepEqual(refreshed({ ...emptyList, phase: 'failed' }, page([3, 2, 1])).fresh, [], 'nor is it when the one before it never came');
});

test('tickets that were never seen are news once', () => {
  let list = refreshed(emptyList, page([3, 2]));
  list = refreshed(list, page([5, 4, 3]));
  assert.deepEqual(list.fresh, [5, 4]);
  list = refreshed(list, page([5, 4, 3]));
  assert.deepEqual(list.fresh, []);
});

test('a ticket that comes back into a filtered list is no news', () => {
  let list = refreshed(emptyList, page([9, 3]));
  list = refreshed(list, page([9]));
  list = refreshed(list, page([9, 3]));
  assert.deepEqual(list.fresh, []);
});

test('a refresh replaces what it covers and keeps what is older', () => {
  let list = refreshed(emptyList, page([9, 8, 7], 'c7'));
  list = extended(list, page([6, 5, 4], 'c4'));
  list = refreshed(list, page([10, 9, 7], 'c7'));
  assert.deepEqual(ids(list), [10, 9, 7, 6, 5, 4]);
  assert.equal(list.next, 'c4', 'loading more goes on after what is there');
});

test('a refresh that covers everything leaves nothing stale', () => {
  let list = refreshed(emptyList, page([9, 8, 7], 'c7'));
  list = extended(list, page([6, 5]));
  list = refreshed(list, page([9]));
  assert.deepEqual(ids(list), [9]);
  assert.equal(list.next, '');
});

test('a page that overlaps adds nothing twice', () => {
  const list = extended(refreshed(emptyList, page([9, 8], 'c8')), page([8, 7]));
  assert.deepEqual(ids(list), [9, 8, 7]);
});

test('one ticket changes alone, and an unknown one changes nothing', () => {
  const list = refreshed(emptyList, page([2, 1]));
  assert.equal(withTicket(list, { id: 1, status: 'resolved' }).tickets[1].status, 'resolved');
  assert.deepEqual(ids(withTicket(list, { id: 7 })), [2, 1]);
});

test('the notice button shows where the notice stands', () => {
  const at = new Date(1000);
  for (const [notice, attempt, want] of [
    [null, undefined, 'idle'],
    [null, { phase: 'sending', before: 0 }, 'sending'],
    [{ delivery: 'sent', at, reason: '' }, undefined, 'sent'],
    [{ delivery: 'read', at, reason: '' }, { phase: 'confirm', before: 1000 }, 'confirm'],
    [{ delivery: 'queued', at, reason: '' }, undefined, 'queued'],
    [{ delivery: 'failed', at, reason: 'No.' }, undefined, 'failed'],
    [null, { phase: 'failed', before: 0, message: 'No.' }, 'failed'],
    [{ delivery: 'limited', at, reason: 'No.' }, undefined, 'limited'],
    [{ delivery: 'confirm', at, reason: 'No.' }, undefined, 'late'],
    [{ delivery: 'discarded', at, reason: 'No.' }, undefined, 'idle'],
  ]) assert.equal(noticeView(notice, attempt).kind, want);
});

test('a notice that a person can still send is known by its id', () => {
  for (const delivery of ['limited', 'confirm', 'failed']) {
    assert.equal(revivable({ id: 7, delivery, at: null, reason: '' }), true, delivery);
    assert.equal(revivable({ id: 0, delivery, at: null, reason: '' }), false, 'the server has not told its id yet');
  }
  for (const delivery of ['queued', 'sent', 'read', 'discarded']) assert.equal(revivable({ id: 7, delivery, at: null, reason: '' }), false, delivery);
  assert.equal(revivable(null), false);
});

test('only a failure the server knows of can be discarded', () => {
  assert.equal(noticeView({ id: 7, delivery: 'failed', at: null, reason: 'No.' }, undefined).stored, true);
  assert.equal(noticeView(null, { phase: 'failed', before: 0, message: 'No.' }).stored, undefined);
});

test('a failed try is forgotten when the server knows of a later notice', () => {
  const notice = { delivery: 'sent', at: new Date(2000), reason: '' };
  assert.equal(noticeView(notice, { phase: 'failed', before: 1000, message: 'No.' }).kind, 'sent');
  assert.equal(noticeView(notice, { phase: 'failed', before: 2000, message: 'No.' }).kind, 'failed');
});

test('from every status others can be reached, never the same one', () => {
  for (const status of ['pending', 'in_progress', 'waiting', 'resolved']) {
    assert.ok(nextStatuses(status).length > 0);
    assert.ok(!nextStatuses(status).includes(status));
  }
  assert.equal(nextStatuses('pending')[0], 'resolved');
});

test('a panel is empty when all tickets were asked for and there are none', () => {
  const none = { phase: 'ready', tickets: [], next: '', query: '' };
  assert.equal(isEmpty(none), true);
  for (const other of [{ phase: 'loading' }, { query: 'estado=resuelto' }, { next: '5' }, { tickets: tickets(1) }]) assert.equal(isEmpty({ ...none, ...other }), false);
});

test('what is said again is kept as it was, so that nobody draws it again', () => {
  const known = { id: 1, at: new Date(5), words: ['a'] };
  assert.equal(kept(known, { id: 1, at: new Date(5), words: ['a'] }), known);
  const said = { id: 1, at: new Date(6), words: ['a'] };
  assert.equal(kept(known, said), said);
  assert.equal(kept(undefined, said), said);
  const before = refreshed(emptyList, page([3, 2, 1]));
  const again = refreshed(before, page([3, 2, 1]));
  assert.equal(again.tickets[1], before.tickets[1]);
  assert.equal(again.fresh, before.fresh);
});
