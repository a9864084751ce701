/// Reads a title: a name in other words, or a noun phrase that names an answer ("List of alerts").
func readTitle(_ title: String) -> Reading {
    var reading = readName(title)
    let words = reading.words
    if words.count >= 2, words[1].text == "of", words[0].topic.contains(.answer) || words[0].act.isRead {
        reading.act = []
        reading.namesAnswer = true
    }
    return reading
}
