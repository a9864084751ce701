/// Samples that share a name, as Prometheus takes them.
package struct MetricFamily: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable {
        case counter, gauge, histogram
    }

    package enum Value: Sendable, Hashable {
        case number(Double)
        case count(Int)
        /// Told in seconds.
        case histogram(Histogram)
    }

    package struct Sample: Sendable, Hashable {
        package var labels: [Label]
        package var value: Value
    }

    package struct Label: Sendable, Hashable {
        package var name: String
        package var value: String
    }

    package var name: String
    package var help: String
    package var kind: Kind
    package var samples: [Sample]

    package init(_ name: String, _ kind: Kind, _ help: String, samples: [Sample] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    /// A family of one sample without labels.
    package init(_ name: String, _ kind: Kind, _ help: String, _ value: Value) {
        self.init(name, kind, help, samples: [Sample(labels: [], value: value)])
    }

    package mutating func add(_ value: Value, _ labels: KeyValuePairs<String, String>) {
        samples.append(Sample(labels: labels.map { Label(name: $0.key, value: $0.value) }, value: value))
    }
}
