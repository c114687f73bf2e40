// Shows the server's own figures, read from /metrics once a second.
const STATES = ["accepted", "delivered", "pending", "dead", "cancelled"];

function readMetrics(text) {
  const apps = new Map();
  let devices = "0";
  for (const line of text.split("\n")) {
    const callback = /^muster_callbacks\{sdk_app_id="(\d+)",state="(\w+)"\} (\d+)/.exec(line);
    if (callback) {
      const [, app, state, count] = callback;
      apps.set(app, { ...apps.get(app), [state]: count });
    }
    devices = /^muster_connected_devices (\d+)/.exec(line)?.[1] ?? devices;
  }
  return { apps, devices };
}

function row(app, counts) {
  const line = document.createElement("tr");
  for (const text of [app, ...STATES.map((state) => counts[state] ?? "0")]) {
    line.insertCell().textContent = text;
  }
  return line;
}

async function refresh() {
  const state = document.getElementById("state");
  try {
    const response = await fetch("/metrics", { cache: "no-store" });
    const { apps, devices } = readMetrics(await response.text());
    document.getElementById("ledger").replaceChildren(...[...apps].map(([app, counts]) => row(app, counts)));
    document.getElementById("devices").textContent = devices;
    state.textContent =
      apps.size > 0 ? "The server is running." : "The server is running; no callback has been made yet.";
  } catch {
    state.textContent = "The server does not answer. Trying again …";
  }
  setTimeout(refresh, 1000);
}

await refresh();
