import JSON

extension DocumentSet {
    /// What a value means once its references are followed, for a part without which an operation is nothing.
    func required(_ located: Located, used: inout [Site]) throws(OperationProblem) -> Located {
        guard let reference = located.value["$ref"]?.string else { return located }
        do throws(Failure) {
            let target = try follow(located)
            used.append(target.site)
            return target
        } catch {
            throw OperationProblem(
                code: error.code, message: "the reference \(CleanText.quoted(reference)) \(error.message)",
                hint: error.hint, site: located.site)
        }
    }

    /// A text, which some documents keep in a file of its own.
    func text(_ located: Located?) -> String? {
        guard let located else { return nil }
        if let text = located.value.string { return text }
        return (try? follow(located))?.value.string
    }
}
