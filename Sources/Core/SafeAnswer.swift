import JSON

/// An answer that may be shown to the agent: declared fields only, within the size limit.
package struct SafeAnswer: Sendable, Hashable {
    /// What the agent reads; JSON text for structured answers.
    package let text: [UInt8]
    /// Whether ``text`` is what the tool declares: always so where it declares nothing.
    package let isAsDeclared: Bool

    package static let maxBytes = 1 << 20

    package init(text: [UInt8], isAsDeclared: Bool) {
        self.text = text
        self.isAsDeclared = isAsDeclared
    }
}

/// What an answer comes to: the outcome for the journal, and what the agent gets.
package struct Shaped: Sendable, Hashable {
    package let outcome: Outcome
    package let answer: Result<SafeAnswer, Refusal>
}

/// Turns a raw answer into an outcome and something safe to show.
///
/// Nothing the source says reaches the agent but declared fields of a success. The sentence for a refusal follows
/// from the status code alone.
package func shape(_ raw: RawAnswer, of tool: Tool, latency: Int64) -> Shaped {
    switch raw {
    case .failed(let didSend, let cause, _):
        let isUnknown = didSend && !tool.isRead
        let refusal =
            isUnknown
            ? Refusal(
                .outcomeUnknown,
                "The source did not answer, and the call may have taken effect. It will not be sent again; a person has to look.",
                cause: cause)
            : Refusal(.sourceUnavailable, "The source could not be reached. Nothing was changed.", cause: cause)
        return Shaped(
            outcome: Outcome(
                kind: isUnknown ? .unknown : .failure, code: refusal.code, cause: cause.boundedText, latency: latency),
            answer: .failure(refusal))
    case .late(let cause):
        let refusal = Refusal(
            .notRecorded, "It took too long to record the call, so it was not made. Try again later.", cause: cause)
        return Shaped(
            outcome: Outcome(kind: .failure, code: refusal.code, cause: cause, latency: latency),
            answer: .failure(refusal))
    case .withheld(let status, let cause):
        let refusal = Refusal(.answerWithheld, withheldSentence, cause: cause)
        let isUnknown = !tool.isRead && status != 501
        let kind: Outcome.Kind =
            switch status {
            case 200..<300: .result
            case 400..<500: .refusal
            default: isUnknown ? .unknown : .failure
            }
        return Shaped(
            outcome: Outcome(kind: kind, status: status, code: refusal.code, cause: cause, latency: latency),
            answer: .failure(refusal))
    case .answered(let status, let mediaType, let body):
        switch status {
        case 200..<300: return shape(success: status, mediaType, body, of: tool, latency: latency)
        case 400..<500:
            let refusal = Refusal(.sourceRefused, sentence(for: status), cause: "status \(status)")
            return Shaped(
                outcome: Outcome(
                    kind: .refusal, status: status, code: refusal.code, latency: latency, bytes: body.count),
                answer: .failure(refusal))
        default:
            // A redirect after a write often means that it happened; a 5xx says nothing about what was done before it.
            let isUnknown = !tool.isRead && status != 501
            let refusal =
                isUnknown
                ? Refusal(
                    .outcomeUnknown,
                    "The source answered with status \(status), and the call may have taken effect. It will not be sent again.",
                    cause: "status \(status)")
                : Refusal(
                    .sourceUnavailable, "The source failed while handling the call (status \(status)).",
                    cause: "status \(status)")
            return Shaped(
                outcome: Outcome(
                    kind: isUnknown ? .unknown : .failure, status: status, code: refusal.code, latency: latency,
                    bytes: body.count), answer: .failure(refusal))
        }
    }
}

private func shape(
    success status: Int, _ mediaType: String?, _ body: [UInt8], of tool: Tool, latency: Int64
) -> Shaped {
    func withheld(_ cause: String) -> Shaped {
        let refusal = Refusal(.answerWithheld, withheldSentence, cause: cause)
        return Shaped(
            outcome: Outcome(
                kind: .result, status: status, code: refusal.code, cause: cause, latency: latency, bytes: body.count),
            answer: .failure(refusal))
    }
    func shown(_ text: [UInt8], isAsDeclared: Bool) -> Shaped {
        Shaped(
            outcome: Outcome(kind: .result, status: status, latency: latency, bytes: body.count),
            answer: .success(SafeAnswer(text: text, isAsDeclared: isAsDeclared)))
    }
    guard !body.isEmpty, let answer = tool.answer else {
        // Nothing came, or nothing of what came is declared: that it worked is all there is to say.
        let done: JSONValue = ["status": JSONValue(status)]
        return shown(done.bytes, isAsDeclared: tool.outputSchema == nil)
    }
    guard mediaType == "application/json" || (mediaType?.hasSuffix("+json") ?? false) else {
        return withheld("answer of media type \(mediaType ?? "none")".boundedText)
    }
    do {
        let document = try JSONParser.document(body.span, options: JSONParser.Options(maxBytes: 64 << 20))
        let (reduced, leftOut) = answer.reduce(document.value)
        // Mostly all of it is declared and it is as short as it can be: then it is the text already.
        let text = leftOut == 0 && document.isCompact ? body : reduced.bytes
        guard text.count <= SafeAnswer.maxBytes else { return withheld("answer of \(text.count) bytes") }
        return shown(text, isAsDeclared: !answer.isObject || answer.matches(reduced))
    } catch {
        return withheld("answer is no JSON: \(error.message) at byte \(error.offset)")
    }
}

private let withheldSentence = "The source answered, but its answer cannot be shown safely and was withheld."

private func sentence(for status: Int) -> String {
    switch status {
    case 401, 403: "The source says that this user may not do that (status \(status))."
    case 404, 410: "The source says that there is no such record (status \(status))."
    case 409, 412: "The source says that the record is in another state (status \(status)). Read it again."
    case 429: "The source asks to slow down (status 429). Try again later."
    default: "The source refused the request (status \(status)). Check the arguments."
    }
}

extension String {
    /// At most 200 characters, with spaces for those that do not show, for the log.
    package var boundedText: String {
        String(String.UnicodeScalarView(unicodeScalars.lazy.map { $0.isPrintable ? $0 : " " }.prefix(200)))
    }
}
