import Core
import Policy
import Synchronization

/// Parts of budgets that were taken in the journal for many calls at once, so that not each call has to.
///
/// Whatever is left here is spent already as far as the journal knows, so no ceiling is ever passed: a process that dies
/// takes its parts along, and until the budget's time is over so much less may be used. Each part is a 64th of the budget
/// at most; what is counted in fewer, and money, messages and deletions, is taken call by call.
final class Allotments: Sendable {
    private final class Part {
        var left: Int64
        var until: Timestamp
        /// Whether somebody takes more for it in the journal.
        var isRefilled = false
        /// What it was taken with, to give it back.
        let reservation: Reservation

        init(left: Int64, _ reservation: Reservation) {
            self.left = left
            until = reservation.until
            self.reservation = reservation
        }
    }

    private static let most = 10_000
    /// A part counts for the ceiling it was taken under.
    private struct Key: Hashable {
        let account: Account
        let most: Int64

        init(_ reservation: Reservation) {
            account = reservation.account
            most = reservation.most
        }
    }

    private let parts = Mutex<[Key: Part]>([:])

    /// How much is taken at once; 0 where each call takes for itself.
    static func portion(of budget: Budget) -> Int64 {
        switch budget.unit {
        case .calls, .records: min(budget.most / 64, 4096)
        case .messages, .deletions, .money: 0
        }
    }

    /// Takes as much as is there.
    ///
    /// - Returns: how much is missing, and whether whoever asks takes more for others: one at a time does, and tells
    ///   (``endRefill(_:adding:)``).
    func take(_ amount: Int64, of reservation: Reservation) -> (missing: Int64, refills: Bool) {
        parts.withLock { parts in
            let key = Key(reservation)
            guard let part = parts[key] else {
                guard parts.count < Self.most else { return (amount, false) }
                let part = Part(left: 0, reservation)
                part.isRefilled = true
                parts[key] = part
                return (amount, true)
            }
            let taken = min(amount, max(0, part.left))
            part.left -= taken
            part.until = reservation.until
            let refills = taken < amount && !part.isRefilled
            if refills { part.isRefilled = true }
            return (amount - taken, refills)
        }
    }

    /// Takes as much as is there, for what has happened already.
    ///
    /// - Returns: how much is missing.
    func takeMore(_ amount: Int64, of reservation: Reservation) -> Int64 {
        parts.withLock { parts in
            guard let part = parts[Key(reservation)] else { return amount }
            let taken = min(amount, max(0, part.left))
            part.left -= taken
            return amount - taken
        }
    }

    /// What was taken for others is there, or was not to be had.
    func endRefill(_ reservation: Reservation, adding amount: Int64) {
        parts.withLock { parts in
            guard let part = parts[Key(reservation)] else { return }
            part.isRefilled = false
            part.left += amount
        }
    }

    /// Puts back what a call took of a part and did not use.
    func putBack(_ amount: Int64, _ reservation: Reservation) {
        parts.withLock { parts in
            if let part = parts[Key(reservation)] {
                part.left += amount
            } else if amount > 0 {
                parts[Key(reservation)] = Part(left: amount, reservation)
            }
        }
    }

    /// Adds what was taken in the journal and not used after all.
    ///
    /// - Returns: how much is more than a part may hold, for the journal to have back.
    func add(_ amount: Int64, _ reservation: Reservation) -> Int64 {
        guard amount > 0 else { return 0 }
        return parts.withLock { parts in
            let key = Key(reservation)
            guard let part = parts[key] else {
                guard parts.count < Self.most else { return amount }
                let kept = min(amount, Self.portion(of: reservation.budget))
                parts[key] = Part(left: kept, reservation)
                return amount - kept
            }
            let kept = min(amount, max(0, Self.portion(of: reservation.budget) - part.left))
            part.left += kept
            return amount - kept
        }
    }

    /// Gives up what is left of budgets whose time is over, or of all; to be given back in the journal.
    func drain(at now: Timestamp, all: Bool = false) -> [Reservation] {
        parts.withLock { parts in
            var rest: [Reservation] = []
            for (key, part) in parts where all || now >= part.until && !part.isRefilled {
                parts[key] = nil
                guard part.left > 0 else { continue }
                var reservation = part.reservation
                reservation.amount = -part.left
                reservation.isSettled = true
                rest.append(reservation)
            }
            return rest
        }
    }
}

/// What one call took of one budget.
final class Taken {
    /// In the journal's terms: with the amount that the call takes, wherever it came from.
    let reservation: Reservation
    /// Whether it may come from parts; else it is taken in the journal, for this call alone.
    let usesParts: Bool
    /// How much of it came from a part that was there.
    let fromPart: Int64
    /// Whether more is taken in the journal than the call needs, for others.
    let refills: Bool
    /// How much more.
    var surplus: Int64

    init(
        _ reservation: Reservation, usesParts: Bool = false, fromPart: Int64 = 0, refills: Bool = false,
        surplus: Int64 = 0
    ) {
        self.refills = refills
        self.reservation = reservation
        self.usesParts = usesParts
        self.fromPart = fromPart
        self.surplus = surplus
    }

    /// What the admission has to take in the journal; nil where nothing.
    var reserved: Reservation? {
        let amount = reservation.amount + surplus - fromPart
        guard amount != 0 else { return nil }
        var reservation = reservation
        reservation.amount = amount
        return reservation
    }
}
