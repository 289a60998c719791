-- Lo que hace wrk: manda por turno los cuerpos de un archivo (uno por renglón) y al final escribe
-- lo medido en un renglón: pedidos, microsegundos, p50 y p99 en microsegundos, y fallados.
local requests, turn = {}, 0

function init(arguments)
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["X-API-Key"] = arguments[2]
  for body in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("POST", nil, nil, body)
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency, _)
  local e = summary.errors
  local failed = e.connect + e.read + e.write + e.timeout + e.status
  local p50, p99 = latency:percentile(50), latency:percentile(99)
  io.write(string.format("\n= %d %d %d %d %d\n", summary.requests, summary.duration, p50, p99, failed))
end
