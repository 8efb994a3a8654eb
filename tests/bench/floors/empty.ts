/** Does nothing, for ever: what any program costs that `deno compile` made. */
console.error("ready");
setInterval(() => {}, 1 << 30);
