import Risk
import Testing

/// What descriptions say, whatever the name.
@Suite struct DescriptionTests {
    private func level(_ description: String, name: String = "acme_thing") -> Risk.Level {
        classify(RiskSubject(name: name, description: description)).level
    }

    @Test(arguments: [
        "Returns the open orders of a customer.", "Retrieves a list of alerts.", "Get the current weather.",
        "Use this tool to search the documentation.", "This endpoint returns all invoices.",
        "Grants permission to list the members of a team", "Use this when the user wants to find a flight.",
        "Lets you view a dashboard.", "Check whether a name is taken.", "Verifies that an address exists.",
        "To list all teams, send a GET request to `/teams`.", "List of firing alerts of the instance",
        "Given an order, returns its items.", "Enables applications to preview a price without creating an order.",
        "Provides detailed information on one release.",
    ])
    func `a description that only reads makes a read`(_ text: String) {
        #expect(level(text) == .readOnly, "\(text)")
    }

    @Test(arguments: [
        "Creates an order.", "Use this tool to cancel a booking.", "Grants permission to delete a vault",
        "Lets you remove a member.", "This endpoint allows you to update a contact.",
        "Retrieves the order and deletes it.", "Gets the queue, then clears it.",
        "Returns the report. It also sends it to the owner.", "Evaluates a JavaScript expression or script.",
        "Retrieve the archive from the shelf to a gateway.", "Delivers goods.", "", "Thing.",
    ])
    func `a description that changes something, or says nothing, makes none`(_ text: String) {
        #expect(level(text) != .readOnly, "\(text)")
    }

    @Test(arguments: [
        ("sales.report.generate", "Generates a sales report. Returns its rows in a sequence of answers."),
        ("field_bounds", "Get the bounds. It returns the smallest and the largest value of each field."),
    ])
    func `a POST that says what comes back, and nothing of a change, reads`(_ name: String, _ text: String) {
        let asked = { (text: String) in classify(RiskSubject(name: name, method: "POST", description: text)).level }
        #expect(asked(text) == .readOnly, "\(text)")
        #expect(asked(String(text.prefix { $0 != "." })) != .readOnly, "without the answer: \(text)")
        #expect(asked("\(text) It also deletes the draft.") != .readOnly, "with a change: \(text)")
    }

    @Test(arguments: [
        ("Get a list of tariffs\nRetrieves the tariffs of a day.", Risk.Level.readOnly),
        ("Get a list of tariffs\nA day may have several.", .sideEffect),
        ("Get a list of tariffs\nRetrieves the tariffs and deletes the old ones.", .critical),
    ])
    func `a POST whose name says nothing reads when two sentences say so`(text: String, level: Risk.Level) {
        let subject = RiskSubject(name: "post-tariffs", method: "POST", path: "/tariffs", description: text)
        #expect(classify(subject).level == level)
    }

    @Test func `behind a label comes what happens`() {
        let text = "sheet: calculate. Recalculate all open sheets."
        #expect(level(text, name: "sheet-calculate") != .readOnly)
        #expect(level("sheet: calculate. The sums of all cells.", name: "sheet-calculate") == .readOnly)
    }

    @Test(arguments: [
        "Gets what is stored under /orders. Deletes it afterwards.", "Gets what is in `/a/b`. Deletes it afterwards.",
        "Gets /a/b, then deletes the record.",
    ])
    func `an address hides no sentence`(_ text: String) {
        let subject = RiskSubject(name: "get_report", method: "POST", path: "/report/get", description: text)
        #expect(classify(subject).level != .readOnly)
    }

    @Test func `a label takes nothing away from what it says`() {
        let risk = classify(RiskSubject(name: "customers", description: "Customers: delete. Creates a tombstone."))
        #expect(risk.categories.contains(.destructive))
        #expect(level("Query: run. Deletes all rows.", name: "get_rows") != .readOnly)
    }

    @Test func `what is denied is not done`() {
        #expect(level("Shows a file without deleting it. This does not modify anything.") == .readOnly)
        let risk = classify(RiskSubject(name: "get_plan", description: "Shows a plan and does not delete it."))
        #expect(risk.categories.isEmpty)
    }

    @Test func `a change in the description overrules a name that reads`() {
        let risk = classify(RiskSubject(name: "get_access", description: "Creates an endpoint."))
        #expect(risk.level != .readOnly)
        #expect(risk.contradictions.map(\.kind) == [.readingName])
    }

    @Test func `loss makes a change destructive`() {
        let risk = classify(
            RiskSubject(name: "save_page", description: "Saves a page. Existing text is overwritten."))
        #expect(risk.level == .critical)
        #expect(risk.categories.contains(.destructive))
    }
}
