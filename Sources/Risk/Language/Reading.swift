/// What one field says about the operation.
struct Reading: Sendable {
    /// How plainly it is said.
    enum Certainty: Sendable {
        /// A verb stands where only a verb stands.
        case clear
        /// A word that may be a verb stands where one may stand.
        case likely
    }

    /// What the head verb does; empty when no verb was found.
    var act: Act = []
    /// The verb as it is written.
    var verb = ""
    var certainty = Certainty.clear
    /// What verbs beside the head do: "and deletes", "also sends".
    var more: Act = []
    var moreVerb = ""
    /// A verb like run or submit has a search or a report as its object.
    var asksOnly = false
    /// The verb is one that descriptions use for any operation: request, accept, send, invoke.
    var isVague = false
    /// The field is a noun phrase that names an answer: "List of alerts", "Number of open orders".
    var namesAnswer = false
    /// A name without a verb that ends in something only looked at: "cluster.stats", "user_info".
    var namesState = false
    /// The field says that nothing is changed.
    var claimsReadOnly = false
    /// The field says that something is lost: overwrites, irreversible, permanently.
    var loss: String?
    /// The field speaks of many at once: "bulk", "one or more".
    var many = false
    /// A sentence behind the first says what comes back: "Returns the merged document", "the response includes".
    var saysAnswer = false
    /// The head verb reads, and a sentence behind it reads as well: "Get a list. Retrieves the list of …".
    var repeatsRead = false
    /// All words of the field.
    var words: [Word] = []

    var isEmpty: Bool { act.isEmpty }
    /// Everything that any of its verbs does.
    var acts: Act { act.union(more) }
}
