import Settings
import Telemetry
import Testing

@Suite struct ObserveReaderTests {
    private static let line = "listen: 127.0.0.1:8080"

    private func observe(more: String = "", _ text: String) throws -> ObserveSettings? {
        let folder = try Folder(Folder.configuration.with(Self.line, "observe: \(text)\n\(more)"))
        return try #require(folder.load().configuration, "\(folder.errors)").observe
    }

    @Test func `without the section nothing is told`() throws {
        #expect(try Folder(Folder.configuration).load().configuration?.observe == nil)
    }

    @Test func `what is not said is as usual`() throws {
        let settings = try #require(try observe("{}"))
        #expect(settings.listen == ListenAddress(host: "127.0.0.1", port: 9464))
        #expect(settings.secret == nil && settings.traces == nil && !settings.isRemote)
    }

    @Test func `all of it is read`() throws {
        let settings = try #require(
            try observe(
                more: "tls: { certificate: c.pem, key: k.pem }",
                "{ listen: 0.0.0.0:9464, allow-remote: true, secret: scraper, "
                    + "traces: { url: 'http://127.0.0.1:4318/v1/traces', secret: c, every: 7s, sample: 0.25, allow-loopback: true } }"
            ))
        #expect(settings.isRemote && settings.secret == "scraper")
        let traces = try #require(settings.traces)
        #expect(traces.url == "http://127.0.0.1:4318/v1/traces" && traces.secret == "c" && traces.seconds == 7)
        #expect(traces.sampler == Sampler(share: 0.25) && traces.allowsLoopback)
    }

    @Test(arguments: Self.cases) func `is located and explained`(_ problem: ProblemCase) throws {
        try problem.check()
    }

    private static let cases: [ProblemCase] = [
        ProblemCase(
            line, "observe: { lisen: 127.0.0.1:1 }",
            "2: unknown key 'lisen' | Did you mean 'listen'? Known here: listen, allow-remote, secret, traces."),
        ProblemCase(
            line, "observe: { listen: 0.0.0.0:9464 }",
            "2: others than this machine could read the figures | Listen on 127.0.0.1, or add 'allow-remote: true' and a 'secret'."
        ),
        ProblemCase(
            line, "observe: { listen: 0.0.0.0:9464, allow-remote: true }",
            "2: figures that others can reach take a token | Add 'secret: NAME', and put a token into the vault: 'sallyport vault put NAME'."
        ),
        ProblemCase(
            line, "observe: { listen: 0.0.0.0:9464, allow-remote: true, secret: s }",
            "2: the token of whoever reads figures would go over the network in the clear | Add 'tls' with a certificate and its key, or listen on 127.0.0.1 behind a proxy that has one."
        ),
        ProblemCase(line, "observe: { traces: {} }", "2: 'url' is missing"),
        ProblemCase(
            line, "observe: { traces: { url: 'http://127.0.0.1:4318/v1/traces' } }",
            "2: this is no address to send to | Write https://host[:port]/v1/traces; plain http on loopback takes 'allow-loopback: true'."
        ),
        ProblemCase(
            line, "observe: { traces: { url: 'https://c.example/v1/traces', sample: 1.5 } }",
            "2: this is no share | Write a number from 0, none, to 1, all."),
        ProblemCase(
            line, "observe: { traces: { url: 'https://c.example/v1/traces', sampel: 1 } }",
            "2: unknown key 'sampel' | Did you mean 'sample'? Known here: url, secret, every, sample, allow-loopback."),
    ]
}
