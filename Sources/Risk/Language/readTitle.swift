/// Reads a title: a name in other words, or a noun phrase that names an answer ("List of alerts").
func readTitle(_ title: String) -> Reading {
    var reading = readName(withoutAddresses(title))
    let words = reading.words
    if words.count >= 2, words[1].text == "of", words[0].topic.contains(.answer) || words[0].act.isRead {
        reading.act = []
        reading.namesAnswer = true
    }
    return reading
}

/// A title without the addresses of other operations in it: "Insights from transactions sent to /transactions/enrich".
private func withoutAddresses(_ title: String) -> String {
    guard title.utf8.contains(UInt8(ascii: "/")) else { return title }
    return title.split(separator: " ").filter { word in
        !(word.hasPrefix("/") && word.dropFirst().contains("/")) && !word.hasPrefix("`/")
    }.joined(separator: " ")
}
