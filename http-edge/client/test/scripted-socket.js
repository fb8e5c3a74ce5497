// A WebSocket whose server is the test: it sees what the client sends and says what it likes, in whatever order.

export class ScriptedSocket {
  /** Every socket that was opened, the newest last. */
  static all = [];
  static get last() { return ScriptedSocket.all.at(-1); }

  sent = [];
  isOpen = false;
  closedByClient = false;

  constructor(url, protocols) {
    Object.assign(this, { url, protocols });
    ScriptedSocket.all.push(this);
  }

  send(text) {
    if (!this.isOpen) throw new Error('a real socket cannot send now');
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.isOpen = false;
    this.closedByClient = true;
  }

  // What the test does.

  open() {
    this.isOpen = true;
    this.onopen();
  }

  /** One frame. */
  say(...messages) { this.raw(JSON.stringify(messages.length === 1 ? messages[0] : messages)); }
  raw(text) { this.onmessage({ data: text }); }

  /** The network goes away. */
  cut() {
    this.isOpen = false;
    this.onclose();
  }

  of(type) { return this.sent.filter((message) => message.type === type); }
  get calls() { return this.of('call'); }
}
