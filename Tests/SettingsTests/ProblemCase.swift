import Settings
import Testing

/// One mistake in a sound configuration, and everything that is said of it.
struct ProblemCase: Sendable, CustomTestStringConvertible {
    let old: String
    let new: String
    /// Line, message and hint of each error in order, as `LINE: MESSAGE | HINT`.
    let said: [String]

    init(_ old: String, _ new: String, _ said: String...) {
        self.init(old, new, said)
    }

    init(_ old: String, _ new: String, _ said: [String]) {
        self.old = old
        self.new = new
        self.said = said
    }

    var testDescription: String {
        new.isEmpty ? "without \(old)" : String(new.prefix(60))
    }

    func check() throws {
        let folder = try Folder(Folder.configuration.with(old, new))
        let texts = said.map { said in
            let parts = said.split(separator: ": ", maxSplits: 1)
            return "sallyport.yaml:\(parts[0]): error: "
                + parts[1].split(separator: " | ").joined(separator: "\n    hint: ")
        }
        #expect(folder.errors == texts)
        #expect((folder.load().configuration == nil) == !said.isEmpty)
    }
}
