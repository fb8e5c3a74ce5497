import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { eventually, serverUrl, somebody, workspace } from './support.ts';

const fetched = (module: string, query = '') => fetch(`${serverUrl()}/v1/modules/${module}/bindings.ts${query}`);

test('the server gives what is imported here', async () => {
  const answer = await fetched('sample');
  assert.equal(answer.status, 200);
  assert.equal(await answer.text(), await readFile(new URL('sample_bindings.ts', import.meta.url), 'utf8'));
  assert.equal((await fetched('nothing')).status, 404);
  assert.equal((await fetched('sample', '?system=maybe')).status, 400);
});

test('what every workspace has is there for whoever asks', async (t) => {
  await mkdir(new URL('generated', import.meta.url), { recursive: true });
  const file = new URL('generated/fetched.ts', import.meta.url);
  await writeFile(file, await (await fetched('sample', '?system=true')).text());
  const { DbConnection } = await import(file.href);
  const owner = await somebody();
  const room = await workspace(owner);
  const conn = await new Promise<any>((resolve, reject) => DbConnection.builder()
    .withUri(serverUrl()).withDatabaseName(room).withToken(owner.token)
    .onConnect(resolve).onConnectError((_ctx: unknown, error: Error) => reject(error)).build());
  t.after(() => conn.disconnect());
  await new Promise((resolve) => conn.subscriptionBuilder().onApplied(resolve)
    .subscribe(['SELECT * FROM skein_member', 'SELECT * FROM skein_workspace']));
  const [member] = [...conn.db.skeinMember.iter()];
  assert.equal(member.identity.toHexString(), owner.identity);
  assert.equal(member.role.tag, 'Owner');
  await conn.reducers.skeinRename({ name: 'Renamed' });
  await eventually('the new name', () => conn.db.skeinWorkspace.id.find(room).name === 'Renamed');
});
