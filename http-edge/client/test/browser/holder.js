// A process of its own that holds a file store: `node holder.js FOLDER [forever]`. Says `open` or the error's code; with `forever` it then writes one value after
// another and says each number once it is kept, until it is killed.

import { FileStore } from '../../src/store/file.js';

const [folder = '', forever] = process.argv.slice(2);
const store = new FileStore(folder, { compactBytes: 2000 });
try {
  await store.open();
  console.log('open');
  for (let i = 1; forever; i++) {
    await store.write({ put: { number: i, [`k${i % 50}`]: 'x'.repeat(i % 70) }, delete: [`k${(i * 7) % 50}`] });
    console.log(i);
  }
  setInterval(() => {}, 1000); // holds it until it is killed
} catch (e) {
  console.log(e.code);
}
