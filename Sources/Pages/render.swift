package import Core
import Engine
import JSON
import Policy

// Pages are functions of values: no clock, no session, no request.

/// A whole page.
///
/// - Parameter session: who is signed in, with the token of their forms; nil for nobody.
package func renderPage(_ title: String, _ body: HTML, session: (person: String, formToken: String)? = nil) -> HTML {
    let signOut: HTML? = session.map { session in
        """
        <form method="post" action="/sign-out" class="who">
        <input type="hidden" name="form-token" value="\(session.formToken)">
        <span>\(session.person)</span> <button class="quiet">Sign out</button></form>
        """
    }
    return """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>\(title) · Sallyport</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="stylesheet" href="/style.css"></head>
        <body><header><a href="/approvals">Sallyport</a>\(signOut)</header>
        <main>\(body)</main></body></html>

        """
}

/// The form that asks for name and password.
///
/// - Parameter next: the path to go to afterwards.
package func renderSignIn(next: String, problem: String? = nil) -> HTML {
    let problem: HTML? = problem.map { "<p class=\"problem\" role=\"alert\">\($0)</p>" }
    return renderPage(
        "Sign in",
        """
        <h1>Sign in</h1>\(problem)
        <form method="post" action="/sign-in" class="stack">
        <input type="hidden" name="next" value="\(next)">
        <label>Name <input name="name" autocomplete="username" autocapitalize="none" required autofocus></label>
        <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
        <button class="main">Sign in</button></form>
        """)
}

/// What waits.
package func renderInbox(
    _ calls: [(call: Call, mayDecide: Bool)], now: Timestamp, session: (person: String, formToken: String)
) -> HTML {
    func items(_ mayDecide: Bool) -> [HTML] {
        calls.filter { $0.mayDecide == mayDecide }.map { entry in
            let call = entry.call
            return """
                <li><a href="/approvals/\(call.id.text)"><b>\(call.headline)</b>
                <small>for \(call.opening.principal.user), through \(call.opening.principal.agent) · \
                \(left(call.expires, now))</small></a></li>
                """
        }
    }
    let own = items(true)
    let others = items(false)
    let rest: HTML? =
        others.isEmpty ? nil : "<h2>Waiting for others</h2><ul class=\"list\">\(others)</ul>"
    let first: HTML =
        own.isEmpty ? "<p>Nothing waits for you.</p>" : "<ul class=\"list\">\(own)</ul>"
    return renderPage("Approvals", "<h1>Approvals</h1>\(first)\(rest)", session: session)
}

/// What a person may do with a call.
package struct Choices: Sendable, Hashable {
    /// Why they may not say yes or no; nil when they may.
    package var obstacle: String?
    package var mayBreakGlass: Bool
    package var mayWithdraw: Bool
    /// What they are told of their last try.
    package var problem: String?
    /// Whether they have to type which call they mean.
    package var asksToType: Bool

    package init(
        obstacle: String? = nil, mayBreakGlass: Bool = false, mayWithdraw: Bool = false, problem: String? = nil,
        asksToType: Bool = false
    ) {
        self.obstacle = obstacle
        self.mayBreakGlass = mayBreakGlass
        self.mayWithdraw = mayWithdraw
        self.problem = problem
        self.asksToType = asksToType
    }
}

/// One call, with the ways to decide it.
package func renderCall(
    _ call: Call, _ choices: Choices, now moment: Timestamp, session: (person: String, formToken: String)
) -> HTML {
    let principal = call.opening.principal
    let problem: HTML? = choices.problem.map { "<p class=\"problem\" role=\"alert\">\($0)</p>" }
    let warnings: [HTML] = (call.change?.warnings ?? []).map { "<p class=\"warning\">\($0)</p>" }
    let all = call.change?.fields ?? []
    let hasOld = all.contains { $0.old != nil }
    let fields: [HTML] = all.map { field in
        let old: HTML? = hasOld ? "<td class=\"old\">\(field.old ?? "")</td>" : nil
        return "<tr><th scope=\"row\">\(field.name)</th>\(old)<td class=\"new\">\(field.new ?? "nothing")</td></tr>"
    }
    let now: HTML? = hasOld ? "<th>Now</th>" : nil
    let table: HTML? =
        fields.isEmpty
        ? nil
        : "<table><thead><tr><th>Field</th>\(now)<th>After</th></tr></thead><tbody>\(fields)</tbody></table>"
    let tenant: HTML? = principal.tenant.map { " of \($0)" }
    return renderPage(
        call.headline,
        """
        <p><a href="/approvals">All approvals</a></p>\(problem)
        <h1>\(call.headline)</h1>\(warnings)\(table)
        <dl><dt>For</dt><dd>\(principal.user)\(tenant)</dd><dt>Asked by the agent</dt><dd>\(principal.agent)</dd>
        <dt>Tool</dt><dd>\(call.opening.tool) (\(call.opening.source))</dd>
        <dt>State</dt><dd>\(call.state)\(call.phase == .proposed ? ", " + left(call.expires, moment) : "")</dd>
        <dt>Asked because of</dt><dd>\(call.decision?.because.joined(separator: ", ") ?? "")</dd>
        \(verdicts(call))</dl>
        <details><summary>Everything the agent sent</summary><pre>\(pretty(.object(call.opening.arguments)))</pre></details>
        \(call.phase == .proposed ? forms(call, choices, session.formToken) : withdrawal(call, choices, session.formToken))
        <p class="fine">Call \(call.id.text), digest \(String(call.opening.digest.hex.prefix(16))), policy \
        \(call.decision?.policyVersion ?? "")</p>
        """, session: session)
}

/// A page that says one thing.
package func renderMessage(_ title: String, _ text: String, session: (person: String, formToken: String)? = nil) -> HTML
{
    renderPage(
        title, "<h1>\(title)</h1><p>\(text)</p><p><a href=\"/approvals\">All approvals</a></p>", session: session)
}

private func verdicts(_ call: Call) -> HTML? {
    guard !call.verdicts.isEmpty else { return nil }
    let lines: [HTML] = call.verdicts.map { verdict in
        let reason: HTML? = verdict.reason.map { ": \(quoted($0, limit: 200))" }
        return "<dd>\(verdict.by), \(verdict.at.description)\(reason)</dd>"
    }
    return "<dt>\(call.phase == .rejected ? "Rejected by" : "Approved by")</dt>\(lines)"
}

private func forms(_ call: Call, _ choices: Choices, _ token: String) -> HTML {
    if let obstacle = choices.obstacle {
        return "<p class=\"fine\">\(obstacle)</p>\(emergency(call, choices, token))\(withdrawal(call, choices, token))"
    }
    let typed: HTML? =
        choices.asksToType
        ? "<label>Type <b>\(call.typedName)</b> <input name=\"typed\" autocomplete=\"off\" required></label>" : nil
    return """
        <div class="choices">
        <form method="post" action="/approvals/\(call.id.text)" class="stack">\(hidden(call, token, "reject"))
        <button class="reject">Reject</button>
        <label>Why, for the agent (if you like) <input name="reason" maxlength="200" autocomplete="off"></label></form>
        <form method="post" action="/approvals/\(call.id.text)" class="stack">\(hidden(call, token, "approve"))
        \(typed)<button class="approve">Approve exactly this</button>
        <label>Why, for the log (if you like) <input name="reason" maxlength="200" autocomplete="off"></label></form>
        </div>\(emergency(call, choices, token))\(withdrawal(call, choices, token))
        """
}

private func emergency(_ call: Call, _ choices: Choices, _ token: String) -> HTML? {
    guard choices.mayBreakGlass else { return nil }
    return """
        <details><summary>Approve alone, as an emergency</summary>
        <form method="post" action="/approvals/\(call.id.text)" class="stack">\(hidden(call, token, "break-glass"))
        <p>Others are alarmed at once, and your reason stays in the log.</p>
        <label>Reason <input name="reason" minlength="10" maxlength="200" autocomplete="off" required></label>
        <button class="reject">Break the glass</button></form></details>
        """
}

private func withdrawal(_ call: Call, _ choices: Choices, _ token: String) -> HTML? {
    guard choices.mayWithdraw, call.phase == .proposed || call.phase == .approved else { return nil }
    return """
        <form method="post" action="/approvals/\(call.id.text)">\(hidden(call, token, "withdraw"))
        <button class="quiet">Withdraw this call</button></form>
        """
}

private func hidden(_ call: Call, _ token: String, _ verdict: String) -> HTML {
    """
    <input type="hidden" name="form-token" value="\(token)"><input type="hidden" name="verdict" value="\(verdict)">
    <input type="hidden" name="digest" value="\(call.opening.digest.hex)">
    """
}

private func left(_ expires: Timestamp?, _ now: Timestamp) -> String {
    guard let expires else { return "" }
    let minutes = (expires.seconds - now.seconds + 59) / 60
    return switch minutes {
    case ...0: "expired"
    case 1...120: "\(minutes) min left"
    case 121...2880: "\(minutes / 60) h left"
    default: "\(minutes / 1440) days left"
    }
}

/// JSON over several lines.
private func pretty(_ value: JSONValue, indent: String = "") -> String {
    let inner = indent + "  "
    switch value {
    case .object(let object) where !object.isEmpty:
        let lines = object.map { "\(inner)\(JSONValue.string($0.key).text): \(pretty($0.value, indent: inner))" }
        return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
    case .array(let array) where !array.isEmpty:
        return "[\n" + array.map { inner + pretty($0, indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
    default: return value.text
    }
}

extension Call {
    var state: String {
        switch phase {
        case .proposed: "waits"
        case .approved: "approved; it runs when the agent repeats the call"
        case .rejected: "rejected"
        case .expired: "expired"
        case .withdrawn: "withdrawn"
        case .admitted: "running, or its outcome is not known yet"
        case .settled: outcome?.kind == .result ? "done" : "ended: \(outcome?.kind.rawValue ?? "unknown")"
        case .opened, .decided: "not asked"
        }
    }
}
