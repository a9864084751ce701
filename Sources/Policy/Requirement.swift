package import JSON

/// A fact that has to be there when a call runs, asked with a tool that reads or at an address. No answer means no.
package struct Requirement: Sendable, Hashable {
    /// Where it is asked.
    package enum Place: Sendable, Hashable {
        case tool(String)
        case address(Address)

        package static func == (left: Place, right: Place) -> Bool {
            switch (left, right) {
            case (.tool(let left), .tool(let right)): left.hasSameBytes(as: right)
            case (.address(let left), .address(let right)): left == right
            default: false
            }
        }
    }

    /// An address that answers a GET with JSON.
    package struct Address: Sendable, Hashable {
        package var url: String
        /// The source's secret in the vault that is sent as a bearer token; nil where none is.
        package var secret: String?
        package var allowsLoopback: Bool

        package init(url: String, secret: String? = nil, allowsLoopback: Bool = false) {
            self.url = url
            self.secret = secret
            self.allowsLoopback = allowsLoopback
        }

        package static func == (left: Address, right: Address) -> Bool {
            let isSameSecret =
                left.secret.map { own in right.secret?.hasSameBytes(as: own) ?? false } ?? (right.secret == nil)
            return left.url.hasSameBytes(as: right.url) && isSameSecret && left.allowsLoopback == right.allowsLoopback
        }
    }

    /// Where an argument of the question comes from.
    package enum Value: Sendable, Hashable {
        case constant(JSONValue)
        /// An argument of the call itself.
        case argument(JSONPointer)
    }

    /// What is asked of one field of the answer.
    package enum Test: Sendable, Hashable {
        case comparison(Comparison)
        /// A moment (RFC 3339) at most so many seconds ago, and not in the future.
        case youngerThan(Int)
    }

    package var id: String
    package var place: Place
    package var arguments: [String: Value]
    package var field: JSONPointer
    package var test: Test

    package init(id: String, tool: String, arguments: [String: Value] = [:], field: JSONPointer, test: Test) {
        self.init(id: id, .tool(tool), arguments: arguments, field: field, test: test)
    }

    package init(id: String, _ place: Place, arguments: [String: Value] = [:], field: JSONPointer, test: Test) {
        self.id = id
        self.place = place
        self.arguments = arguments
        self.field = field
        self.test = test
    }

    /// Whether both ask the same in the same place: every text by its UTF-8 bytes. The same id alone says nothing.
    package static func == (left: Requirement, right: Requirement) -> Bool {
        left.id.hasSameBytes(as: right.id) && left.place == right.place && left.field == right.field
            && left.test == right.test && left.arguments.count == right.arguments.count
            && zip(left.orderedArguments, right.orderedArguments).allSatisfy {
                $0.key.hasSameBytes(as: $1.key) && $0.value == $1.value
            }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(field)
        hasher.combine(test)
    }

    private var orderedArguments: [(key: String, value: Value)] { arguments.sorted { $0.key < $1.key } }

    /// The arguments of the question; nil where the call does not have what it takes.
    package func question(for call: JSONObject) -> JSONObject? {
        var question = JSONObject()
        for (name, value) in orderedArguments {
            switch value {
            case .constant(let constant): question[name] = constant
            case .argument(let pointer):
                guard let given = JSONValue.object(call)[pointer] else { return nil }
                question[name] = given
            }
        }
        return question
    }

    /// Whether an answer says that the fact is there.
    ///
    /// - Parameter age: the seconds since a moment that a text names; nil where it names none.
    package func isMet(by answer: JSONValue, age: (String) -> Int?) -> Bool {
        switch test {
        case .comparison(let comparison): comparison.evaluate(answer[field]) == .yes
        case .youngerThan(let seconds):
            answer[field]?.string.flatMap(age).map { (0...seconds).contains($0) } ?? false
        }
    }
}
