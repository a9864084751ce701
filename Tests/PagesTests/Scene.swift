import Core
import Engine
import JSON
import Policy
import Risk
import Store
import Synchronization

@testable import Pages

/// A gate with one tool that is asked, a clock that is turned by hand, and people who decide at pages.
final class Scene: Sendable {
    static let origin = "https://gate.example"

    private let world = World()
    let gate: Gate
    let reception: Reception

    /// What is shared with the closures of gate and desk.
    private final class World: Sendable {
        let now = Mutex(Timestamp(seconds: 1_800_000_000))
        let number = Mutex(UInt64(0))
        let password = Mutex(Digest(of: [1]))
        let people = Mutex<[String: Set<String>]>([
            "ben": ["manager"], "cleo": ["clerk"], "ana": ["manager"], "sue": ["sales"],
        ])
    }

    init() {
        let world = world
        let gate = Gate(journal: MemoryJournal(), vault: PlainVault(), now: { world.now.withLock { $0 } }) { time in
            CallID(
                at: time,
                random: (
                    world.number.withLock {
                        $0 += 1; return $0
                    }, 0
                ))
        }
        self.gate = gate
        @Sendable func approver(_ person: Desk.Person) -> Approver {
            Approver(person.name, roles: person.roles, isSure: true)
        }
        @Sendable func find(_ name: String) -> Desk.Person? {
            world.people.withLock { $0[name] }.map {
                Desk.Person(name: name, roles: $0, credential: world.password.withLock { $0 })
            }
        }
        reception = Reception(
            desk: Desk(
                signIn: { name, password in
                    guard password == "right password", let person = find(name) else {
                        return .failure(Desk.Notice("Name or password is wrong."))
                    }
                    return .success(person)
                },
                person: { find($0) }, waiting: { try await gate.waiting() }, call: { try await gate.journal.call($0) },
                approver: { _, person in approver(person) },
                decide: { id, answer, person in try await gate.decideProposal(id, answer, by: approver(person)) },
                withdraw: { id, person in try await gate.withdraw(id, by: approver(person)) }, now: gate.now),
            origin: Self.origin)
    }

    func advance(bySeconds seconds: Int) {
        world.now.withLock { $0 = $0.advanced(bySeconds: seconds) }
    }

    func changePasswords() {
        world.password.withLock { $0 = Digest(of: [2]) }
    }

    func dismiss(_ name: String) {
        world.people.withLock { $0[name] = nil }
    }

    // MARK: Calls

    private var snapshot: Snapshot {
        let schema: JSONValue = ["type": "object"]
        let tool = Tool(
            name: "create_refund", description: "", source: "acme", inputSchema: schema,
            arguments: DeferredSchema(schema), risk: Risk(level: .critical, effect: .dataChange, confidence: .high),
            bucket: .write, scope: Scope(.userCredential), definition: Digest(of: [1]),
            wording: Wording(verb: .create, noun: "refund"))
        var demand = ApprovalDemand(roles: ["manager"], expiresAfter: 600, repeatWindow: 60)
        demand.breakGlass = ["clerk"]
        return Snapshot(
            version: "s", policy: Policy(rules: [Rule(id: "refunds", effect: .ask, approval: demand)], version: "p1"),
            catalogue: Catalogue([tool]), backends: ["acme": StillBackend()],
            approvers: ["ben": ["manager"], "cleo": ["clerk"]])
    }

    func call(_ arguments: JSONObject = ["amount": 500, "note": "late"], as user: String = "ana") async -> Reply {
        let principal = Principal(
            user: user, agent: "helper", tenant: "north", roles: [], issuer: "test",
            expires: Timestamp(seconds: 9_999_999_999))
        return await gate.serve(
            ToolRequest(name: "create_refund", arguments: arguments), as: principal, in: snapshot)
    }

    func propose(_ arguments: JSONObject = ["amount": 500, "note": "late"]) async throws -> CallID {
        guard case .pending(let call) = await call(arguments) else {
            throw JournalFault(.unavailable, "it does not wait")
        }
        return call.id
    }

    func phase(_ id: CallID) async throws -> Call.Phase? {
        try await gate.journal.call(id)?.phase
    }

    // MARK: Requests

    func get(_ path: String, _ headers: [String: String] = [:]) async -> PageReply {
        await reception.answer(PageRequest("GET", path, headers: ["host": "gate.example"].merging(headers) { $1 }))
    }

    func post(_ path: String, _ form: [String: String], _ headers: [String: String] = [:]) async -> PageReply {
        let body = form.sorted { $0.key < $1.key }.map { "\($0)=\(encoded($1))" }.joined(separator: "&")
        let usual = [
            "host": "gate.example", "origin": Self.origin, "content-type": "application/x-www-form-urlencoded",
        ]
        return await reception.answer(
            PageRequest("POST", path, headers: usual.merging(headers) { $1 }, body: Array(body.utf8)))
    }

    private func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            byte == 0x20
                ? "+"
                : Character(Unicode.Scalar(byte)).isLetter && byte < 0x80
                    ? String(Unicode.Scalar(byte))
                    : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// Signs in and gives the cookie that the browser would send.
    func signIn(_ name: String = "ben") async -> String {
        let reply = await post("/sign-in", ["name": name, "password": "right password", "next": "/approvals"])
        let cookie = reply.headers.first { $0.name == "Set-Cookie" }?.value ?? ""
        return String(cookie.prefix { $0 != ";" })
    }

    /// The token in the forms of a page.
    func token(_ cookie: String) async -> String {
        let page = String(decoding: await get("/approvals", ["cookie": cookie]).body, as: UTF8.self)
        guard let start = page.firstRange(of: "name=\"form-token\" value=\"") else { return "" }
        return String(page[start.upperBound...].prefix { $0 != "\"" })
    }

    func decide(_ id: CallID, _ form: [String: String], _ cookie: String, _ headers: [String: String] = [:]) async
        -> PageReply
    {
        var form = form
        if form["form-token"] == nil { form["form-token"] = await token(cookie) }
        if form["digest"] == nil { form["digest"] = try? await gate.journal.call(id)?.opening.digest.hex }
        return await post("/approvals/\(id.text)", form, ["cookie": cookie].merging(headers) { $1 })
    }
}

private struct StillBackend: Backend {
    func prepare(_ arguments: BoundArguments) async throws(Refusal) -> Departure {
        Departure { _ in .answered(status: 200, mediaType: "application/json", body: Array("{}".utf8)) }
    }
}

private struct PlainVault: Vault {
    func find(_ name: String, for owner: SecretOwner) async throws -> (any SealedSecret)? { nil }
    func digest(of bytes: [UInt8]) -> Digest { Digest(of: bytes) }
    func seal(_ bytes: [UInt8], purpose: String) throws -> [UInt8] { bytes }
    func open(_ sealed: [UInt8], purpose: String) throws -> [UInt8] { sealed }
}

extension PageReply {
    var text: String { String(decoding: body, as: UTF8.self) }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
