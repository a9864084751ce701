package import Core
import Policy
import Synchronization

extension Gate {
    /// Finds the human's answer to exactly this call, or proposes it.
    ///
    /// A repeat finds its call by id or by what it binds to. An answer given under another policy is void, and so is
    /// one by people who may not give it any more.
    ///
    /// - Returns: what the agent gets instead of a run; nil when the call is now the one that was approved.
    @inline(never)
    func approve(_ opened: OpenCall, in snapshot: Snapshot) async throws -> Reply? {
        let (call, repeats) = (opened.call, opened.repeats)
        var found: Call?
        if let repeats, let named = try await journal.call(repeats) {
            if named.opening.digest == call.opening.digest {
                found = named
            } else if opened.request.isDetached {
                throw RefusedCall(
                    refusal: Refusal(
                        .recordChanged,
                        "The tool is another one than when a person approved this call. Nothing was done."),
                    call: repeats)
            }
        }
        if found == nil { found = try await journal.latestCall(digest: call.opening.digest) }
        guard var known = found else { return try await propose(opened, in: snapshot) }
        // First, since it takes its time: what is looked at below must still hold when the call is admitted.
        let comparison = known.phase == .approved ? await compare(known, opened, in: snapshot) : .same
        let now = now()
        switch known.phase {
        case .proposed, .approved:
            // An answer holds for the policy and the demands it was given under.
            let isVoid =
                known.decision?.policyVersion != call.decision?.policyVersion
                || known.decision?.demands != call.decision?.demands
            var isOver = isVoid
            if known.phase == .approved, !isVoid { isOver = try await !stands(known, in: snapshot, at: now) }
            if known.isOverdue(at: now) || isOver {
                let event = CallEvent(.expired, at: now)
                try known.apply(event)
                if try await journal.append(Addition(call: known, events: [event], durability: .now)) {
                    try await forgetRequest(of: known)
                    noteEnd(of: known)
                }
                return try await propose(opened, in: snapshot)
            }
            guard known.phase == .approved else { return .pending(known) }
            switch comparison {
            case .same: break
            case .different: return try await void(known, at: now)
            case .unreadable:
                throw try await refuse(
                    opened,
                    Refusal(
                        .sourceUnavailable,
                        "The record cannot be read now, so nobody can say whether it is still what the person approved. "
                            + "Nothing was done, and the approval holds; repeat the call later."))
            }
            opened.call = known
            return nil
        case .admitted:
            throw RefusedCall(
                refusal: Refusal(.busy, "This call is running. Repeat it in a moment to get its outcome."),
                call: known.id)
        case .settled, .rejected:
            // A fresh key asks for a second one.
            if let key = call.opening.idempotencyKey, key != known.opening.idempotencyKey {
                return try await propose(opened, in: snapshot)
            }
            if known.id == repeats || known.repeatableUntil.map({ now < $0 }) ?? false {
                return try await attach(to: known, digest: call.opening.digest)
            }
            return try await propose(opened, in: snapshot)
        case .opened, .decided, .expired, .withdrawn:
            return try await propose(opened, in: snapshot)
        }
    }

    /// Ends a call whose record is not what the person saw who approved it.
    private func void(_ known: Call, at now: Timestamp) async throws -> Reply {
        var known = known
        let event = CallEvent(.expired, at: now)
        try known.apply(event)
        guard try await journal.append(Addition(call: known, events: [event], durability: .now)) else {
            // Another repeat was faster: what it did may be what changed the record.
            throw RefusedCall(
                refusal: Refusal(.busy, "This call is running. Repeat it in a moment to get its outcome."),
                call: known.id)
        }
        try await forgetRequest(of: known)
        noteEnd(of: known)
        let refusal = Refusal(
            .recordChanged,
            "The record changed since a person approved this call, so the approval is void and nothing was done. Read the "
                + "record again; if the call is still right, repeat it and a person will be asked anew.",
            cause: "the record is not what was shown")
        try await recordRefusal(
            refusal, request: known.opening.tool, call: known.id, principal: known.opening.principal, at: now)
        return .refused(refusal, call: known.id)
    }

    private func propose(_ opened: OpenCall, in snapshot: Snapshot) async throws -> Reply {
        var call = opened.call
        if opened.request.isDetached {
            throw RefusedCall(
                refusal: Refusal(
                    .expired,
                    "The approval of this call holds no longer, and nobody waits for another. Nothing was done."),
                call: opened.repeats)
        }
        try await refuseFlood(call)
        let wait = call.decision?.demands.map(\.expiresAfter).min() ?? 0
        let change = await describe(opened, in: snapshot)
        let proposal = CallEvent(
            .proposed(expires: call.openedAt.advanced(bySeconds: wait), change: change), at: call.openedAt)
        let beginning = call.beginning
        try call.apply(proposal)
        // Before the proposal, so that both are durable together.
        if call.runsOnApproval { try await keepRequest(opened.request, for: call) }
        let isNew = try await journal.append(
            Addition(call: call, events: beginning + [proposal], durability: .now))
        if isNew {
            onProposal(call)
            return .pending(call)
        }
        // Somebody proposed the same call meanwhile: there is one proposal, and both wait for it.
        if call.runsOnApproval { try await forget(.request, of: call.id) }
        guard let known = try await journal.latestCall(digest: call.opening.digest) else {
            throw RefusedCall(refusal: Refusal(.busy, "Repeat the call in a moment."), call: call.id)
        }
        return try await attach(to: known, digest: call.opening.digest)
    }

    /// Refuses a proposal of a principal who has as many waiting as may. Some that arrive at the same moment may pass
    /// together.
    private func refuseFlood(_ call: Call) async throws {
        let principal = call.opening.principal
        let waiting = try await journal.proposals(of: principal, at: call.openedAt, limit: maxWaiting)
        guard waiting >= maxWaiting else { return }
        let refusal = Refusal(
            .tooManyWaiting,
            "\(waiting) of your calls wait for a person already. Let them be decided, or repeat one of them, before "
                + "you ask for more.")
        let isRecorded = try await fold(
            RefusalFold.Key(principal, call.opening.tool, refusal.code), at: call.openedAt
        ) {
            try await recordRefusal(
                refusal, request: call.opening.tool, call: call.id, principal: principal, at: call.openedAt)
        }
        throw RefusedCall(refusal: refusal, call: isRecorded ? call.id : nil)
    }

    /// What a known call has come to.
    package func outcome(of call: Call) async throws -> Reply {
        try await attach(to: call, digest: call.opening.digest)
    }

    /// What a known call has come to, for whoever repeats it.
    func attach(to known: Call, digest: Digest) async throws -> Reply {
        guard known.opening.digest == digest else {
            throw RefusedCall(
                refusal: Refusal(
                    .invalidArguments, "This key or call id belongs to a call with other arguments. Use a new one."),
                call: known.id)
        }
        switch known.phase {
        case .proposed, .approved: return .pending(known)
        case .settled:
            let sealed = try await journal.kept(for: known.id, as: .answer, at: now())
            let bytes = try sealed.flatMap { sealed in
                try sealed.isEmpty ? nil : vault.open(sealed, purpose: KeptKind.answer.purpose(known.id))
            }
            let answer = bytes.map { SafeAnswer(text: Array($0.dropFirst()), isAsDeclared: $0.first == 1) }
            return .earlier(answer, call: known)
        case .rejected:
            let reason = known.verdicts.last?.reason.map { " Reason: \($0.boundedText)" } ?? ""
            return .refused(Refusal(.rejected, "A person rejected this call.\(reason)"), call: known.id)
        case .expired: return .refused(Refusal(.expired, "The proposal expired before it ran."), call: known.id)
        case .withdrawn: return .refused(Refusal(.withdrawn, "The proposal was withdrawn."), call: known.id)
        case .decided: return .refused(Refusal(.denied, "Policy does not allow this call."), call: known.id)
        case .opened, .admitted:
            return .refused(
                Refusal(.busy, "This call is running. Repeat it in a moment to get its outcome."), call: known.id)
        }
    }
}

extension Gate {
    /// Whether those who approved may still approve: they are users, and hold the roles that they decided with, of their
    /// own or from somebody who still lends them.
    func stands(_ call: Call, in snapshot: Snapshot, at now: Timestamp) async throws -> Bool {
        var standing: [Verdict] = []
        for var verdict in call.verdicts {
            // The same user, whose token was verified just now.
            if verdict.isOwn, verdict.channel == ApproverAnswer.clientForm {
                standing.append(verdict)
                continue
            }
            guard try await isActive(verdict.by) else { continue }
            let own = snapshot.approvers[verdict.by] ?? []
            var lenders: Set<String> = []
            for from in Set(verdict.delegated.values) where try await isActive(from) { lenders.insert(from) }
            verdict.roles = verdict.roles.filter { role in
                guard let from = verdict.delegated[role], !own.contains(role) else { return own.contains(role) }
                return lenders.contains(from)
                    && (snapshot.approvers[from] ?? []).contains(role)
                    && delegations.withLock { $0.covers(role, from: from, to: verdict.by, at: now) }
            }
            standing.append(verdict)
        }
        return call.isApproved(by: standing)
    }
}
