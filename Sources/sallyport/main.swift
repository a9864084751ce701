import Commands

await startSallyport()
