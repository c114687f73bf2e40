using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "worker", worker = .worker), (name = "network", network = (allow = ["local", "private"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")]
);

const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-01-01",
  globalOutbound = "network",
  durableObjectNamespaces = [(className = "BackendObject", uniqueKey = "backend")],
  durableObjectStorage = (inMemory = void),
  bindings = [(name = "BACKEND", durableObjectNamespace = "BackendObject")]
);
