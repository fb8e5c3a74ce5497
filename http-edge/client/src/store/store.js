export {}; // the interface `Store` is in store.d.ts
