export interface HttpReply {
  readonly status: number;
  readonly body: string;
}

/** Reads the replies of one connection: no more of HTTP/1.1 than the servers that are measured send. */
export class HttpReplies {
  private text = '';

  /** The whole reply once its last byte is there. Throws where it has no Content-Length. */
  push(chunk: Buffer): HttpReply | undefined {
    this.text = this.text === '' ? chunk.toString('latin1') : this.text + chunk.toString('latin1');
    const headEnd = this.text.indexOf('\r\n\r\n');
    if (headEnd < 0) return undefined;
    const head = this.text.slice(0, headEnd);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) throw new Error(`a reply without Content-Length: ${head}`);
    const end = headEnd + 4 + Number(length);
    if (this.text.length < end) return undefined;
    const reply = { status: Number(head.slice(9, 12)), body: this.text.slice(headEnd + 4, end) };
    this.text = this.text.slice(end);
    return reply;
  }
}
