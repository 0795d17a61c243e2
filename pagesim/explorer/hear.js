// anywidget keeps what Python sends from a model that was not ready within two seconds, for ever
// (0.11, `Runtime.ready`): on a machine that was busy just then, a picture would never move, and a
// bet get no reply. When a model is shown it is ready; one that still hears nothing is given its
// messages past anywidget, and asks for what it has missed.
function hearPython(model) {
  const listen = (itself) => {
    const { comm } = itself;
    const nothing = { content: { data: {} } };
    Promise.resolve(itself._handle_comm_msg(nothing)).catch(() => {
      const ipywidgets = Object.getPrototypeOf(Object.getPrototypeOf(itself));
      comm?.on_msg((message) => ipywidgets._handle_comm_msg.call(itself, message));
      comm?.send({ method: "request_state" });
    });
  };
  model.on("change:shown", listen); // an event brings the model itself, for which `model` stands
  model.set("shown", true);
  model.off("change:shown", listen);
}
