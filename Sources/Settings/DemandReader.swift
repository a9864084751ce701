import JSON
import Policy

/// Reads whose yes a rule asks for.
struct DemandReader {
    static let keys = [
        "approvers", "count", "each", "confirm", "escalate", "break-glass", "haste", "expires", "repeat",
        "execute",
    ]
    private static let mostPeople = 10

    private enum Confirmer: String, CaseIterable { case `self`, client }
    private enum Execution: String, CaseIterable {
        case onRepeat = "on-repeat"
        case onApproval = "on-approval"
    }
    private enum Remedy: String, CaseIterable { case typed, second }

    /// The rule.
    let reader: Reader
    let effect: Effect

    func demand() -> ApprovalDemand {
        guard effect == .ask else {
            for key in Self.keys {
                reader.child(key)?.error("useless-key", "'\(key)' belongs to rules with effect ask")
            }
            return ApprovalDemand()
        }
        var demand = ApprovalDemand()
        readSeats(into: &demand)
        if let expires = reader.child("expires")?.duration(in: 1...2_592_000) { demand.expiresAfter = expires }
        if let window = reader.child("repeat")?.duration(in: 0...604_800) { demand.repeatWindow = window }
        demand.runsOnApproval = reader.child("execute")?.word(Execution.self) == .onApproval
        if let child = reader.child("escalate") { demand.escalation = escalation(child, before: demand.expiresAfter) }
        if let child = reader.child("break-glass") { demand.breakGlass = roles(child) }
        demand.haste = reader.child("haste").flatMap(haste)
        return demand
    }

    private func readSeats(into demand: inout ApprovalDemand) {
        let given = ["approvers", "each", "confirm"].filter { reader.child($0) != nil }
        if given.count > 1 {
            reader.error(
                "two-demands", "'\(given[0])' and '\(given[1])' cannot stand together",
                hint: "Write two rules that ask: then what both demand is demanded.")
        }
        if let child = reader.child("confirm") {
            demand.acceptsForm = child.word(Confirmer.self) == .client
            demand.isConfirmation = true
            demand.seats = []
        } else if let child = reader.child("each") {
            demand.seats = roles(child).sorted().map { ApprovalDemand.Seat([$0]) }
        } else if let child = reader.child("approvers") {
            demand.seats = [ApprovalDemand.Seat(roles(child))]
        }
        if let child = reader.child("count") {
            if demand.seats.count != 1 || reader.child("each") != nil {
                child.error("useless-key", "'count' belongs to 'approvers'")
            } else if let count = child.int(in: 1...Self.mostPeople) {
                demand.seats[0].count = count
            }
        }
        if demand.seats.count > Self.mostPeople {
            reader.error("too-many-approvers", "more than \(Self.mostPeople) people would have to approve")
        }
    }

    private func roles(_ child: Reader) -> Set<String> {
        let roles = Set(child.strings() ?? [])
        if child.value.array?.isEmpty == true {
            reader.error("no-approvers", "nobody could approve: '\(child.pointer.tokens.last ?? "")' is empty")
        }
        return roles
    }

    private func escalation(_ child: Reader, before expires: Int) -> ApprovalDemand.Escalation? {
        guard child.object(keys: ["after", "to"]) != nil, let after = child.required("after"),
            let seconds = after.duration(in: 1...2_592_000), let to = child.required("to")
        else { return nil }
        if seconds >= expires {
            after.error("late-escalation", "the call expires before others may decide it")
        }
        return ApprovalDemand.Escalation(after: seconds, roles: roles(to))
    }

    private func haste(_ child: Reader) -> ApprovalDemand.Haste? {
        guard child.object(keys: ["approvals", "within", "pause", "then"]) != nil,
            let approvals = child.required("approvals")?.int(in: 1...100),
            let seconds = child.required("within")?.duration(in: 1...3600)
        else { return nil }
        if let pause = child.child("pause"), child.child("then") == nil {
            return pause.duration(in: 1...3600).map {
                ApprovalDemand.Haste(approvals: approvals, seconds: seconds, remedy: .pause($0))
            }
        }
        guard child.child("pause") == nil, let then = child.child("then") else {
            child.error(
                "no-remedy", "nothing is asked of whoever approves fast",
                hint: "Write either 'pause: 10s', 'then: typed' or 'then: second'.")
            return nil
        }
        return then.word(Remedy.self).map {
            ApprovalDemand.Haste(approvals: approvals, seconds: seconds, remedy: $0 == .typed ? .typed : .second)
        }
    }
}
