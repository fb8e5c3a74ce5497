import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, eventually, member, removeMember, setRole, somebody, subscribe, workspace } from './support.ts';

test('a role that changes: rows come and go at once, and calls are judged anew', async (t) => {
  const owner = await somebody();
  const room = await workspace(owner, 'private');
  const ann = await member(owner, room, 'viewer');
  const { conn: master } = await connect(t, room, { token: owner.token });
  await master.reducers.putSecret({ id: 's', text: 'hush' });

  const { conn } = await connect(t, room, { token: ann.token });
  const heard: string[] = [];
  conn.db.secret.onInsert((_ctx, row) => heard.push(`insert ${row.text}`));
  conn.db.secret.onUpdate((_ctx, _old, row) => heard.push(`update ${row.text}`));
  conn.db.secret.onDelete((_ctx, row) => heard.push(`delete ${row.text}`));
  await subscribe(conn, ['SELECT * FROM secret', 'SELECT * FROM team']);
  await assert.rejects(conn.reducers.putTeam({ id: 'a', name: 'Ants' }));
  assert.deepEqual(heard, []);

  await setRole(owner, room, ann, 'admin');
  await eventually('the secret comes', () => heard.length === 1);
  await conn.reducers.putTeam({ id: 'a', name: 'Ants' });
  await conn.reducers.putSecret({ id: 's', text: 'louder' });
  assert.deepEqual(heard.splice(0), ['insert hush', 'update louder']);

  await setRole(owner, room, ann, 'editor');
  await eventually('the secret goes', () => heard.length === 1);
  await master.reducers.putSecret({ id: 's', text: 'again' });
  await conn.reducers.putTeam({ id: 'b', name: 'Bees' });
  await assert.rejects(conn.reducers.putSecret({ id: 't', text: 'mine' }));
  assert.deepEqual(heard, ['delete louder']);
  assert.equal(conn.db.secret.count(), 0n);
  assert.equal(conn.db.team.count(), 2n);
});

test('a semijoin tells nothing of rows that one may not see', async (t) => {
  const owner = await somebody();
  const room = await workspace(owner, 'private');
  const ann = await member(owner, room, 'editor');
  const { conn: master } = await connect(t, room, { token: owner.token });
  for (const id of ['s', 't']) await master.reducers.putTeam({ id, name: id });
  await master.reducers.putSecret({ id: 's', text: 'hush' });
  const query = 'SELECT team.* FROM secret JOIN team ON secret.id = team.id';
  const { conn } = await connect(t, room, { token: ann.token });
  await subscribe(conn, [query, 'SELECT * FROM player']);
  await subscribe(master, query);
  const ids = (of: typeof conn) => [...of.db.team.iter()].map((row) => row.id).sort();
  await master.reducers.putSecret({ id: 't', text: 'hush' });
  await conn.reducers.putPlayer({ id: 1n, teamId: 's', score: 1 });
  assert.deepEqual(ids(master), ['s', 't']);
  assert.deepEqual(ids(conn), []);
});

test('who is removed is disconnected', async (t) => {
  const owner = await somebody();
  const room = await workspace(owner, 'private');
  const ann = await member(owner, room, 'editor');
  const { conn, gone } = await connect(t, room, { token: ann.token });
  await subscribe(conn, 'SELECT * FROM team');
  await removeMember(owner, room, ann);
  await gone;
  await assert.rejects(connect(t, room, { token: ann.token }));
});
