/// What is sent to a witness and what it answers (C2SP tlog-witness, `add-checkpoint`).
public enum WitnessExchange {
    /// The body of a request.
    ///
    /// - Parameters:
    ///   - proof: from the size that the witness knows to the checkpoint's.
    public static func request(_ note: SignedNote, _ proof: ConsistencyProof) -> String {
        "old \(proof.oldSize)\n" + proof.hashes.map { $0.base64 + "\n" }.joined() + "\n" + note.description
    }

    /// What a witness said.
    public enum Reply: Sendable, Hashable {
        /// It signed.
        case cosigned([Cosignature])
        /// It knows another size than the request said: this one.
        case knows(size: Int)
        /// It refuses; why is in words.
        case refused(String)
    }

    /// Reads an answer.
    ///
    /// - Parameters:
    ///   - status: of HTTP.
    ///   - body: as it came, already bounded.
    ///   - note: that was sent.
    public static func reply(
        status: Int, contentType: String?, body: String, to note: SignedNote, from witness: WitnessKey
    ) -> Reply {
        switch status {
        case 200:
            guard let answered = try? SignedNote(parsing: note.text + "\n" + body) else {
                return .refused("the answer holds no signatures")
            }
            do throws(SignedNote.Flaw) {
                let cosignatures = try Cosignature.verified(in: answered, by: [witness])
                return cosignatures.isEmpty
                    ? .refused("the answer holds no signature of '\(witness.name)'") : .cosigned(cosignatures)
            } catch {
                return .refused("the signature of '\(witness.name)' does not fit")
            }
        case 409:
            guard contentType?.hasPrefix("text/x.tlog.size") == true, body.utf8.last == 0x0A,
                let size = Int(body.dropLast()), size >= 0
            else { return .refused("it knows another root for this size") }
            return .knows(size: size)
        case 403: return .refused("it does not trust the log's key")
        case 404: return .refused("it does not know this log")
        case 422: return .refused("it cannot follow from the size that it knows: the log may have been rolled back")
        default: return .refused("it answered with status \(status)")
        }
    }
}
