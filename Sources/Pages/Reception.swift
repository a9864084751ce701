import Core
import Engine
import JSON

/// Answers requests for pages: who may see what, and what a form does.
///
/// A person signs in as a local user and acts as themselves; no credential that an agent holds opens anything here. What
/// changes something takes a form that came from a page of ours: the session's own token, and the Origin that the pages have.
package struct Reception: Sendable {
    private static let cookie = "__Host-sallyport"

    let desk: Desk
    let sessions: Sessions
    /// Scheme, host and port under which people reach the pages.
    let origin: String

    package init(desk: Desk, origin: String, sessions: Sessions = Sessions()) {
        self.desk = desk
        self.origin = origin
        self.sessions = sessions
    }

    /// Somebody who is signed in.
    private struct Visitor {
        let person: Desk.Person
        let session: Sessions.Session
        let secret: String

        var head: (person: String, formToken: String) { (person.name, session.formToken) }
    }

    package func answer(_ request: PageRequest) async -> PageReply {
        var reply = await reply(to: request)
        // A policy of no-referrer would have browsers send our own forms with an Origin of null.
        reply.headers += [
            ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            (
                "Content-Security-Policy",
                "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            ),
        ]
        if origin.hasPrefix("https:") { reply.headers.append(("Strict-Transport-Security", "max-age=31536000")) }
        return reply
    }

    private func reply(to request: PageRequest) async -> PageReply {
        guard request.headers["host"].map({ origin.hasSuffix("://" + $0.lowercased()) }) ?? false else {
            return .page(renderMessage("Another host", "These pages have another address."), status: 421)
        }
        guard request.body.count <= PageRequest.maxBody else {
            return .page(renderMessage("Too much", "The form is too large."), status: 413)
        }
        if request.path.hasPrefix("/log/") { return await answerLog(request) }
        if request.path.hasPrefix("/api/") { return await answerAPI(request) }
        if request.path == "/hooks/approvals" { return await takeWish(request) }
        switch (request.method, request.path) {
        case ("GET", "/style.css"):
            return PageReply(
                status: 200, headers: [("Content-Type", "text/css; charset=utf-8")], body: Array(styleSheet.utf8))
        case ("GET", "/"): return .redirect(to: "/approvals")
        case ("GET", "/sign-in"): return .page(renderSignIn(next: Self.next(request.query["next"])))
        case ("POST", "/sign-in"): return await signIn(request)
        default: break
        }
        guard let visitor = await visitor(of: request) else {
            return request.method == "GET"
                ? .redirect(to: "/sign-in?next=" + Self.next(request.path))
                : .page(renderMessage("Signed out", "Sign in again; nothing was decided."), status: 403)
        }
        if request.method == "POST" { return await take(request, from: visitor) }
        guard request.method == "GET" else {
            return .page(renderMessage("Not like this", "Pages are read and forms are sent."), status: 405)
        }
        do {
            if request.path == "/approvals" { return try await inbox(visitor) }
            if let call = try await call(at: request.path, for: visitor.person) { return await page(call, visitor) }
        } catch {
            return .page(renderMessage("Not now", "The journal cannot be read.", session: visitor.head), status: 503)
        }
        return .page(renderMessage("Not here", "There is nothing at this address.", session: visitor.head), status: 404)
    }

    // MARK: Signing in and out

    /// Where to go after signing in: a page of approvals, whatever is asked for.
    private static func next(_ path: String?) -> String {
        let prefix = "/approvals/"
        guard let path, path.hasPrefix(prefix), let id = CallID(String(path.dropFirst(prefix.count))) else {
            return "/approvals"
        }
        return prefix + id.text
    }

    private func signIn(_ request: PageRequest) async -> PageReply {
        guard isOurs(request), let form = request.form else { return foreign }
        let next = Self.next(form["next"])
        switch await desk.signIn(form["name"] ?? "", form["password"] ?? "") {
        case .failure(let notice): return .page(renderSignIn(next: next, problem: notice.text), status: 403)
        case .success(let person):
            // A session that an attacker may have planted never becomes this one.
            if let secret = request.cookie(Self.cookie) { sessions.end(secret) }
            let secret = sessions.begin(person.name, credential: person.credential, at: desk.now())
            return .redirect(
                to: next, cookie: "\(Self.cookie)=\(secret); Path=/; Secure; HttpOnly; SameSite=Lax")
        }
    }

    private func visitor(of request: PageRequest) async -> Visitor? {
        guard let secret = request.cookie(Self.cookie), let session = sessions.find(secret, at: desk.now()) else {
            return nil
        }
        guard let person = await desk.person(session.person), person.credential == session.credential else {
            sessions.end(secret)
            return nil
        }
        return Visitor(person: person, session: session, secret: secret)
    }

    /// Whoever is signed in, or proves themselves with the request; nil for anybody else.
    func person(of request: PageRequest) async -> Desk.Person? {
        if let visitor = await visitor(of: request) { return visitor.person }
        guard let (name, password) = basicCredentials(request.headers["authorization"]),
            case .success(let person) = await desk.signIn(name, password)
        else { return nil }
        return person
    }

    /// Whether a request was sent by a page of ours, as the browser says.
    private func isOurs(_ request: PageRequest) -> Bool {
        if let from = request.headers["origin"] { return from == origin }
        return request.headers["sec-fetch-site"] == "same-origin"
    }

    private var foreign: PageReply {
        .page(renderMessage("Not from here", "The form came from another site, so nothing was done."), status: 403)
    }

    // MARK: Calls

    private func inbox(_ visitor: Visitor) async throws -> PageReply {
        var calls: [(call: Call, mayDecide: Bool)] = []
        for call in try await desk.waiting() {
            let approver = await desk.approver(call, visitor.person)
            guard call.concerns(approver) else { continue }
            calls.append((call, call.obstacle(to: approver, at: desk.now()) == nil))
        }
        return .page(renderInbox(calls, now: desk.now(), session: visitor.head))
    }

    /// A call that the person has to do with; others are not there for them.
    private func call(at path: String, for person: Desk.Person) async throws -> Call? {
        let prefix = "/approvals/"
        guard path.hasPrefix(prefix), let id = CallID(String(path.dropFirst(prefix.count))),
            let call = try await desk.call(id), call.concerns(await desk.approver(call, person))
        else { return nil }
        return call
    }

    private func page(
        _ call: Call, _ visitor: Visitor, problem: String? = nil, asksToType: Bool = false, status: Int = 200
    ) async -> PageReply {
        let approver = await desk.approver(call, visitor.person)
        let now = desk.now()
        let choices = Choices(
            obstacle: call.obstacle(to: approver, at: now)?.message,
            mayBreakGlass: call.obstacle(to: approver, isEmergency: true, at: now) == nil,
            mayWithdraw: call.isInTheName(of: approver) && approver.isSure,
            problem: problem, asksToType: asksToType)
        return .page(renderCall(call, choices, now: desk.now(), session: visitor.head), status: status)
    }

    /// Takes a form.
    private func take(_ request: PageRequest, from visitor: Visitor) async -> PageReply {
        guard isOurs(request), let form = request.form, let token = form["form-token"],
            // By their hashes, so that no comparison of the token itself takes a time that tells.
            Digest(of: Array(token.utf8)) == Digest(of: Array(visitor.session.formToken.utf8))
        else { return foreign }
        if request.path == "/sign-out" {
            sessions.end(visitor.secret)
            return .redirect(to: "/sign-in")
        }
        do {
            guard let call = try await call(at: request.path, for: visitor.person), let verdict = form["verdict"] else {
                return .page(
                    renderMessage("Not here", "There is no such call.", session: visitor.head), status: 404)
            }
            do {
                _ = try await act(verdict, on: call, form, visitor.person)
                return .redirect(to: "/approvals/\(call.id.text)")
            } catch let refusal as Refusal {
                let latest = try await desk.call(call.id) ?? call
                return await page(
                    latest, visitor, problem: refusal.message, asksToType: refusal.code == .confirmationNeeded,
                    status: 409)
            }
        } catch {
            return .page(
                renderMessage("Not done", "It could not be recorded, so nothing was decided.", session: visitor.head),
                status: 503)
        }
    }

    /// A yes names the digest of what was shown: it is a yes to that, and to no other call that stands at the same address.
    private func act(
        _ verdict: String, on call: Call, _ form: [String: String], _ person: Desk.Person, channel: String = "page"
    ) async throws -> Call {
        let reason = form["reason"].flatMap { $0.isEmpty ? nil : $0 }
        if verdict == "approve" || verdict == "break-glass" {
            guard let shown = form["digest"] else {
                throw Refusal(
                    .invalidArguments, "Say with 'digest' what you approve: the call's, as it was shown to you.")
            }
            guard shown.hasSameBytes(as: call.opening.digest.hex) else {
                throw Refusal(.recordChanged, "What you approve is another call than this one. Nothing was decided.")
            }
        }
        switch verdict {
        case "approve", "reject", "break-glass":
            return try await desk.decide(
                call.id,
                ApproverAnswer(
                    isApproved: verdict != "reject", reason: reason, channel: channel,
                    isEmergency: verdict == "break-glass", typed: form["typed"]), person)
        case "withdraw": return try await desk.withdraw(call.id, person)
        default: throw Refusal(.denied, "A verdict is approve, reject, break-glass or withdraw.")
        }
    }

    // MARK: For programs

    /// The same for programs that a person runs: each request proves the person by name and password (RFC 7617).
    private func json(_ value: JSONValue, _ status: Int = 200) -> PageReply {
        PageReply(status: status, headers: [("Content-Type", "application/json")], body: value.bytes)
    }

    private func problem(_ code: String, _ message: String, _ status: Int) -> PageReply {
        json(["error": ["code": .string(code), "message": .string(message)]], status)
    }

    /// Answers a signed wish with the page on which whoever has it decides.
    private func takeWish(_ request: PageRequest) async -> PageReply {
        guard request.method == "POST", let wish = Wish(request) else {
            return problem("bad-request", "Send a signed JSON message with a call and a verdict.", 400)
        }
        do {
            try await desk.wish(wish)
        } catch let refusal as Refusal {
            return problem("wish-refused", refusal.message, 401)
        } catch {
            return problem("unavailable", "The journal cannot be written; nothing was noted.", 503)
        }
        return json(
            [
                "decided": false, "link": .string("\(origin)/approvals/\(wish.call.text)"),
                "message": "Nothing is decided: whoever wants this signs in at the link.",
            ], 202)
    }

    private static func receiptID(_ page: String) -> CallID? {
        let prefix = "/receipts/"
        return page.hasPrefix(prefix) ? CallID(String(page.dropFirst(prefix.count))) : nil
    }

    private func answerAPI(_ request: PageRequest) async -> PageReply {
        guard let (name, password) = basicCredentials(request.headers["authorization"]) else {
            var reply = problem("unauthenticated", "Send your name and password as a local user.", 401)
            reply.headers.append(("WWW-Authenticate", "Basic realm=\"Sallyport approvals\", charset=\"UTF-8\""))
            return reply
        }
        let person: Desk.Person
        switch await desk.signIn(name, password) {
        case .success(let known): person = known
        case .failure(let notice): return problem("unauthenticated", notice.text, 401)
        }
        do {
            let page = String(request.path.dropFirst("/api".utf8.count))
            if request.method == "GET", page == "/approvals" {
                var entries: [JSONValue] = []
                for call in try await desk.waiting() {
                    let approver = await desk.approver(call, person)
                    if call.concerns(approver) { entries.append(call.entry(for: approver, at: desk.now())) }
                }
                return json(["calls": .array(entries)])
            }
            if request.method == "GET", let id = Self.receiptID(page) {
                guard let lines = try await desk.shelf.receipt(id, person) else {
                    return problem("unknown-call", "There is no such call.", 404)
                }
                return PageReply(status: 200, headers: [("Content-Type", "application/jsonl")], body: lines)
            }
            if page == "/audit" {
                guard request.method == "GET" else { return problem("bad-request", "The journal is only read.", 405) }
                guard request.hasReadableQuery else {
                    return problem("bad-request", "A field of the query is unreadable or comes twice.", 400)
                }
                do {
                    return json(try await desk.shelf.search(request.query, person))
                } catch let refusal as Refusal {
                    return problem("bad-request", refusal.message, 400)
                }
            }
            guard let call = try await call(at: page, for: person) else {
                return problem("unknown-call", "There is no such call.", 404)
            }
            let approver = await desk.approver(call, person)
            if request.method == "GET" { return json(call.entry(for: approver, at: desk.now())) }
            guard request.method == "POST", request.headers["content-type"]?.hasPrefix("application/json") == true,
                let body = try? JSONParser.parse(request.body).object, let verdict = body["verdict"]?.string
            else { return problem("bad-request", "Send JSON with a verdict.", 400) }
            let form = Dictionary(body.compactMap { member in member.value.string.map { (member.key, $0) } }) {
                first, _ in
                first
            }
            do {
                let decided = try await act(verdict, on: call, form, person, channel: "api")
                return json(decided.entry(for: approver, at: desk.now()))
            } catch let refusal as Refusal {
                return problem(refusal.code.rawValue, refusal.message, 409)
            }
        } catch {
            return problem("unavailable", "The journal cannot be read or written; nothing was decided.", 503)
        }
    }
}

extension Call {
    /// What programs get of a call.
    fileprivate func entry(for approver: Approver, at now: Timestamp) -> JSONValue {
        [
            "id": .string(id.text), "title": .string(headline), "phase": .string(phase.rawValue),
            "tool": .string(opening.tool), "user": .string(opening.principal.user),
            "agent": .string(opening.principal.agent), "expires": expires.map { .string($0.description) } ?? .null,
            "change": change?.json ?? .null, "arguments": .object(opening.arguments),
            "may_decide": .bool(phase == .proposed && obstacle(to: approver, at: now) == nil),
            "digest": .string(opening.digest.hex),
        ]
    }
}

/// Name and password of `Authorization: Basic …`.
private func basicCredentials(_ header: String?) -> (name: String, password: String)? {
    guard let header, header.lowercased().hasPrefix("basic ") else { return nil }
    var bits: UInt32 = 0
    var count = 0
    var bytes: [UInt8] = []
    for character in header.utf8.dropFirst(6) {
        let value: UInt8
        switch character {
        case 0x41...0x5A: value = character - 0x41
        case 0x61...0x7A: value = character - 0x61 + 26
        case 0x30...0x39: value = character - 0x30 + 52
        case 0x2B: value = 62
        case 0x2F: value = 63
        case 0x3D: continue
        default: return nil
        }
        bits = bits << 6 | UInt32(value)
        count += 6
        if count >= 8 {
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
    }
    guard let text = String(validating: bytes, as: UTF8.self), let colon = text.firstIndex(of: ":") else { return nil }
    return (String(text[..<colon]), String(text[text.index(after: colon)...]))
}
