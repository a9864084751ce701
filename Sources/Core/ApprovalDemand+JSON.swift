package import JSON
package import Policy

// The journal's form of a demand, written and read here only.

extension ApprovalDemand {
    package var json: JSONValue {
        var object: JSONObject = [
            "expires_after": JSONValue(expiresAfter), "repeat_window": JSONValue(repeatWindow),
        ]
        if !seats.isEmpty {
            object.append(
                "seats", .array(seats.map { ["roles": JSONValue(strings: $0.roles), "count": JSONValue($0.count)] }))
        }
        if isConfirmation { object.append("confirmation", true) }
        if acceptsForm { object.append("form", true) }
        if runsOnApproval { object.append("runs_on_approval", true) }
        if let escalation {
            object.append(
                "escalation", ["after": JSONValue(escalation.after), "roles": JSONValue(strings: escalation.roles)])
        }
        if !breakGlass.isEmpty { object.append("break_glass", JSONValue(strings: breakGlass)) }
        if let haste {
            let remedy: JSONValue =
                switch haste.remedy {
                case .pause(let seconds): ["pause": JSONValue(seconds)]
                case .typed: "typed"
                case .second: "second"
                }
            object.append(
                "haste",
                ["approvals": JSONValue(haste.approvals), "seconds": JSONValue(haste.seconds), "remedy": remedy])
        }
        return .object(object)
    }

    /// - Returns: nil for JSON that no version of the journal writes.
    package init?(json: JSONValue) {
        guard let expires = json["expires_after"]?.int, let window = json["repeat_window"]?.int else { return nil }
        // Earlier versions knew one seat.
        var seats = json["roles"]?.strings.map { [Seat($0)] } ?? []
        for seat in json["seats"]?.array ?? [] {
            guard let roles = seat["roles"]?.strings, let count = seat["count"]?.int else { return nil }
            seats.append(Seat(roles, count: count))
        }
        self.init(
            seats: seats, isConfirmation: json["confirmation"] == true, expiresAfter: expires, repeatWindow: window)
        acceptsForm = json["form"] == true
        runsOnApproval = json["runs_on_approval"] == true
        if let escalation = json["escalation"] {
            guard let after = escalation["after"]?.int, let roles = escalation["roles"]?.strings else { return nil }
            self.escalation = Escalation(after: after, roles: roles)
        }
        breakGlass = json["break_glass"]?.strings ?? []
        if let haste = json["haste"] {
            guard let approvals = haste["approvals"]?.int, let seconds = haste["seconds"]?.int,
                let remedy = haste["remedy"].flatMap(Haste.Remedy.init(json:))
            else { return nil }
            self.haste = Haste(approvals: approvals, seconds: seconds, remedy: remedy)
        }
    }
}

extension ApprovalDemand.Haste.Remedy {
    fileprivate init?(json: JSONValue) {
        switch json {
        case "typed": self = .typed
        case "second": self = .second
        default:
            guard let seconds = json["pause"]?.int else { return nil }
            self = .pause(seconds)
        }
    }
}
