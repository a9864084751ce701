import Core
import Engine
import Evidence
import Identity
import JSON
import Logging
import Notices
import Pages
import Settings
import Store
import Synchronization
import TransparencyLog

extension House {
    /// A person as somebody who decides a call, with what others lend them for now.
    func approver(_ user: LocalUserProof, of call: Call?) async throws -> Approver {
        let people = inForce.value.people
        let lent = gate.delegations.withLock {
            $0.roles(of: user.name, among: people.mapValues(\.roles), at: gate.now())
        }
        guard let principal = call?.opening.principal else { return Approver(user.name, roles: []) }
        var standing: [String: String] = [:]
        for (role, from) in lent {
            // Nobody lends the right to decide calls that were made for themselves, nor anything once they are gone.
            guard from != principal.user, people[from]?.subjects.contains(principal.user) != true,
                try await users.isActive(from)
            else { continue }
            standing[role] = from
        }
        // A subject names somebody within one issuer: with two, it might be somebody else's.
        let others = inForce.value.issuers.count { $0.keys != .local }
        let isSure =
            user.name == principal.user
            ? principal.issuer == issuer.issuer
            : others <= 1 && principal.issuer != issuer.issuer && user.subjects.contains(principal.user)
        return Approver(user.name, subjects: user.subjects, roles: user.roles, delegated: standing, isSure: isSure)
    }

    /// Records a person's verdict, and where there is none, why.
    func decide(_ id: CallID, _ answer: ApproverAnswer, by user: LocalUserProof) async throws -> Call {
        do {
            let known = try await gate.journal.call(id)
            let call = try await gate.decideProposal(id, answer, by: try await approver(user, of: known))
            if answer.isEmergency { alarm(of: call) }
            return call
        } catch let refusal as Core.Refusal {
            try await gate.journal.record(
                Act(
                    "decision-refused", by: user.name,
                    details: [
                        "call": .string(id.text), "code": .string(refusal.code.rawValue),
                        "cause": .string(refusal.cause ?? refusal.message), "channel": .string(answer.channel),
                    ], at: gate.now()), durability: .now)
            throw refusal
        }
    }

    /// Runs an approved call whose client left what it needs; any other waits for its client.
    func runDetached(_ id: CallID, as principal: Principal?, in snapshot: Snapshot) {
        background.add { [self] in
            do {
                let former = gate.lateRefusal(of: id)?.code
                let reply = try await gate.runApproved(id, as: principal, in: snapshot)
                if case .refused(let refusal, _)? = reply, refusal.code != .busy, refusal.code != former {
                    logger.warning(
                        "an approved call did not run", metadata: ["call": "\(id)", "code": "\(refusal.code.rawValue)"])
                }
            } catch {
                logger.error(
                    "an approved call could not be run", metadata: ["call": "\(id)", "cause": "\(error)"])
            }
        }
    }

    /// Tells everybody who wants to hear that somebody approved alone.
    func alarm(of call: Call) {
        guard let verdict = call.verdicts.last, verdict.isEmergency else { return }
        logger.critical(
            "somebody approved a call alone", metadata: ["call": "\(call.id)", "person": "\(verdict.by)"])
        tell(
            "approval.break-glass", "\(verdict.by) approved a call alone, as an emergency: \(call.headline)", call,
            ["by": .string(verdict.by), "reason": .string(verdict.reason ?? "")])
    }

    /// Tells that a call waits for people.
    func ask(for call: Call) {
        tell("approval.requested", "Approval wanted: \(call.headline)", call)
    }

    /// Tells of calls that have waited so long that others may decide them.
    func tellOfEscalations(after earlier: Timestamp, until now: Timestamp) async throws {
        for call in try await gate.waiting() where call.wasEscalated(after: earlier, until: now) {
            tell("approval.escalated", "Nobody decided yet, and others may now: \(call.headline)", call)
        }
    }

    /// Who may decide a call now and wants mail.
    private func addresses(for call: Call) async throws -> [MailAddress] {
        guard inForce.value.mail != nil else { return [] }
        var addresses: [MailAddress] = []
        for (name, person) in inForce.value.people {
            guard let mail = person.mail, try await users.isActive(name) else { continue }
            let user = LocalUserProof(name: name, roles: person.roles, subjects: person.subjects)
            let approver = try await approver(user, of: call)
            let hears =
                call.phase == .proposed
                ? call.obstacle(to: approver, at: gate.now()) == nil : call.concerns(approver)
            if hears { addresses.append(mail) }
        }
        return addresses
    }

    /// What the call would do, in lines: texts of others stand in quotation marks that they cannot close.
    private func words(of call: Call) -> [String] {
        let principal = call.opening.principal
        var lines = [
            "Asked by the agent \(quoted(principal.agent, limit: 60)) for \(quoted(principal.user, limit: 60)).",
            "Tool: \(call.opening.tool). Call: \(call.id.text).",
        ]
        for field in (call.change?.fields ?? []).prefix(20) {
            let new = field.new.map { " → \($0)" } ?? " is taken away"
            lines.append("  \(field.name): \(field.old ?? "")\(new)")
        }
        lines += (call.change?.warnings ?? []).map { "! \($0)" }
        if let expires = call.expires { lines.append("It can be decided until \(expires).") }
        return lines
    }

    /// What is told leads to a page; it proves nobody's identity and decides nothing.
    private func tell(_ type: String, _ summary: String, _ call: Call, _ more: JSONObject = [:]) {
        let configuration = inForce.value
        guard !configuration.webhooks.isEmpty || configuration.mail != nil else { return }
        var details: JSONObject = [
            "call": .string(call.id.text), "tool": .string(call.opening.tool),
            "user": .string(call.opening.principal.user), "agent": .string(call.opening.principal.agent),
            "roles": .array(call.missingRoles(at: gate.now()).sorted().map { .string($0) }),
            "expires": call.expires.map { .string($0.description) } ?? .null,
        ]
        for member in more { details.append(member.key, member.value) }
        var notice = Notice(type, at: gate.now(), summary: summary, details: details)
        notice.link = inForce.value.pages.map { "\($0.origin)/approvals/\(call.id.text)" }
        let isSent = background.addNotice { [self, notice] in
            do {
                try await send(notice, to: try await addresses(for: call), lines: words(of: call))
            } catch {
                logger.error("a notice could not be sent", metadata: ["cause": "\(error)"])
            }
        }
        if !isSent {
            logger.error("too many notices are on their way; one was not sent", metadata: ["call": "\(call.id)"])
        }
    }
}

extension House {
    /// What the pages ask: the same decisions as on the command line.
    var desk: Desk {
        Desk(
            signIn: { [self] name, password in
                do {
                    let proof = try await prove(name, password: password, isRemote: true)
                    guard let mark = try await users.passwordMark(of: proof.name) else {
                        return .failure(Desk.Notice("Name or password is wrong."))
                    }
                    try await gate.journal.record(Act("signed-in", by: proof.name, at: gate.now()), durability: .now)
                    return .success(Desk.Person(name: proof.name, roles: proof.roles, credential: mark))
                } catch {
                    do {
                        let isKnown = try await users.user(name) != nil
                        try await gate.recordRefusedSignIn(isKnown ? name : nil)
                    } catch {
                        return .failure(Desk.Notice("Nobody can sign in now: the journal cannot be written."))
                    }
                    return .failure(
                        Desk.Notice((error as? CommandError)?.message.sentence ?? "Nobody can sign in now."))
                }
            },
            person: { [self] name in
                guard let mark = try? await users.passwordMark(of: name) else { return nil }
                return Desk.Person(name: name, roles: inForce.value.people[name]?.roles ?? [], credential: mark)
            },
            waiting: { [self] in try await gate.waiting() },
            call: { [self] id in try await gate.journal.call(id) },
            approver: { [self] call, person in
                // Who cannot be looked up has no say.
                (try? await approver(proof(of: person), of: call)) ?? Approver(person.name, roles: [])
            },
            decide: { [self] id, answer, person in try await decide(id, answer, by: proof(of: person)) },
            withdraw: { [self] id, person in
                try await gate.withdraw(
                    id, by: try await approver(proof(of: person), of: try await gate.journal.call(id)))
            }, wish: { [self] in try await note($0) }, now: gate.now, shelf: shelf)
    }

    private var shelf: Shelf {
        Shelf(
            isPublic: { [self] in inForce.value.log.isPublic },
            checkpoint: { [self] in try await log.checkpoint()?.description },
            bytes: { [self] path in
                switch path {
                case .hashes(let tile): try await log.hashes(tile)
                case .entries(let tile): try await log.logEntries(tile)
                }
            },
            receipt: { [self] id, person in
                guard let call = try await gate.journal.call(id) else { return nil }
                let approver = try await approver(proof(of: person), of: call)
                guard person.roles.contains(auditorRole) || call.isInTheName(of: approver) || call.concerns(approver)
                else { return nil }
                try await gate.journal.record(
                    Act("receipt-made", by: person.name, call: id, at: gate.now()), durability: .now)
                return try await receipt(for: id)?.flatMap { $0.text + [0x0A] }
            }, search: { [self] in try await search($0, for: proof(of: $1)) })
    }

    /// Somebody whom a session or a password proved.
    private func proof(of person: Desk.Person) -> LocalUserProof {
        LocalUserProof(
            name: person.name, roles: person.roles, subjects: inForce.value.people[person.name]?.subjects ?? [])
    }
}

extension String {
    fileprivate var sentence: String {
        prefix(1).uppercased() + dropFirst() + "."
    }
}
