// Notes when messages from and to the notebook's Python pass, and when each was written there.
window.wire = [];
(() => {
  const text = new TextDecoder();
  // jupyter_server's "v1.kernel.websocket.jupyter.org": offsets, channel, header, ...
  const headerOf = (data) => {
    const view = new DataView(data);
    const at = (k) => Number(view.getBigUint64(8 * (k + 1), true));
    return JSON.parse(text.decode(data.slice(at(1), at(2))));
  };
  const note = (way, data) => {
    const now = performance.now();
    if (!(data instanceof ArrayBuffer)) return;
    const { msg_type: kind, date } = headerOf(data);
    window.wire.push({ way, kind, now, written: Date.parse(date) - performance.timeOrigin, bytes: data.byteLength });
  };
  window.WebSocket = new Proxy(WebSocket, {
    construct(kind, given) {
      const socket = new kind(...given);
      socket.addEventListener("message", ({ data }) => note("in", data));
      const send = socket.send.bind(socket);
      socket.send = (data) => {
        note("out", data);
        send(data);
      };
      return socket;
    },
  });
})();
