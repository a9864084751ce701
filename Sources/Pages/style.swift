/// The one style sheet: readable without it, light and dark, and for a phone as much as for a desk.
let styleSheet = """
    :root { color-scheme: light dark; --line: #8885; --ok: #1a7f37; --no: #b42318; --warn: #9a6700 }
    * { box-sizing: border-box }
    body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText }
    header { display: flex; justify-content: space-between; align-items: center; gap: 1rem; padding: .6rem 1rem;
      border-bottom: 1px solid var(--line) }
    header > a { font-weight: 700; text-decoration: none; color: inherit }
    main { max-width: 46rem; margin: 0 auto; padding: 1rem }
    h1 { font-size: 1.35rem; line-height: 1.3; overflow-wrap: anywhere }
    h2 { font-size: 1.05rem }
    .who, .who span { display: inline-flex; gap: .6rem; align-items: center }
    .list { list-style: none; padding: 0 }
    .list li { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0 }
    .list a { display: block; padding: .7rem .9rem; color: inherit; text-decoration: none; overflow-wrap: anywhere }
    .list small { display: block; opacity: .75 }
    table { width: 100%; border-collapse: collapse; table-layout: fixed; margin: 1rem 0 }
    th, td { text-align: left; vertical-align: top; padding: .4rem .5rem; border-bottom: 1px solid var(--line);
      overflow-wrap: anywhere; unicode-bidi: isolate }
    td.old { color: var(--no); text-decoration: line-through }
    td.new { color: var(--ok) }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem }
    dt { opacity: .75 }
    dd { margin: 0; overflow-wrap: anywhere; unicode-bidi: isolate }
    pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); border-radius: .5rem;
      padding: .7rem; max-height: 30rem; overflow: auto; unicode-bidi: isolate }
    .choices { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; margin: 1.2rem 0 }
    .stack { display: grid; gap: .6rem }
    label { display: grid; gap: .2rem; font-size: .9rem }
    input { font: inherit; padding: .5rem; border: 1px solid var(--line); border-radius: .4rem; width: 100% }
    button { font: inherit; font-weight: 600; padding: .7rem 1rem; border: 1px solid var(--line); border-radius: .4rem;
      cursor: pointer }
    button.approve, button.main { background: var(--ok); color: #fff; border-color: transparent }
    button.reject { background: var(--no); color: #fff; border-color: transparent }
    button.quiet { font-weight: 400; padding: .3rem .7rem; background: none; color: inherit }
    .problem, .warning { padding: .6rem .9rem; border-left: 4px solid var(--warn); background: #9a670018 }
    .problem { border-color: var(--no) }
    .fine { opacity: .7; font-size: .85rem; overflow-wrap: anywhere }
    :focus-visible { outline: 3px solid #2f81f7; outline-offset: 2px }
    @media (max-width: 34rem) { .choices { grid-template-columns: 1fr } dl { grid-template-columns: 1fr } }
    """
