import HTTP
import JSON
import Telemetry

/// Reads the `observe` section: where the gateway tells how it is.
struct ObserveReader {
    /// Reads `host:port`.
    let address: (Reader) -> ListenAddress?
    /// Whether there is a certificate to serve with.
    let hasTLS: Bool

    func settings(_ reader: Reader) -> ObserveSettings? {
        guard reader.object(keys: ["listen", "allow-remote", "secret", "traces"]) != nil else { return nil }
        let listen =
            reader.child("listen").map(address) ?? ListenAddress(host: "127.0.0.1", port: 9464)
        let secret = reader.child("secret")?.string()
        let allowsRemote = reader.child("allow-remote")?.bool() ?? false
        let traces = reader.child("traces").flatMap(traces)
        guard let listen else { return nil }
        let settings = ObserveSettings(listen: listen, secret: secret, traces: traces)
        if settings.isRemote {
            let place = reader.child("listen") ?? reader
            if !allowsRemote {
                place.error(
                    "remote-observe", "others than this machine could read the figures",
                    hint: "Listen on 127.0.0.1, or add 'allow-remote: true' and a 'secret'.")
            } else if secret == nil {
                place.error(
                    "no-observe-secret", "figures that others can reach take a token",
                    hint: "Add 'secret: NAME', and put a token into the vault: 'sallyport vault put NAME'.")
            } else if !hasTLS {
                place.error(
                    "open-observe", "the token of whoever reads figures would go over the network in the clear",
                    hint:
                        "Add 'tls' with a certificate and its key, or listen on 127.0.0.1 behind a proxy that has one.")
            }
        }
        return settings
    }

    private func traces(_ reader: Reader) -> TraceSettings? {
        guard reader.object(keys: ["url", "secret", "every", "sample", "allow-loopback"]) != nil,
            let url = reader.required("url"), let text = url.string()
        else { return nil }
        let allowsLoopback = reader.child("allow-loopback")?.bool() ?? false
        guard WebAddress(text, allowsLoopbackHTTP: allowsLoopback) != nil else {
            url.error(
                "bad-url", "this is no address to send to",
                hint: "Write https://host[:port]/v1/traces; plain http on loopback takes 'allow-loopback: true'.")
            return nil
        }
        return TraceSettings(
            url: text, secret: reader.child("secret")?.string(), allowsLoopback: allowsLoopback,
            seconds: reader.child("every")?.duration(in: 1...300) ?? 5,
            sampler: Sampler(share: reader.child("sample").map(share) ?? 0.1))
    }

    private func share(_ reader: Reader) -> Double {
        guard let number = reader.number() else { return 0 }
        guard let share = Double(number.text), (0...1).contains(share) else {
            reader.error("bad-share", "this is no share", hint: "Write a number from 0, none, to 1, all.")
            return 0
        }
        return share
    }
}
