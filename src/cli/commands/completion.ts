/** Completion scripts for shells: text that knows all commands and options, so that pressing Tab starts no program. */

export interface Completable {
  readonly name: string
  /** One line, for shells that show it. */
  readonly about: string
}

export interface CompletableOption {
  readonly long: string
  readonly short: string | undefined
  readonly about: string
  readonly values: Values
}

/** What may follow: nothing, the name of a file, one of some words, or anything. */
export type Values = 'none' | 'file' | 'text' | readonly string[]

export interface CompletableCommand extends Completable {
  readonly options: readonly CompletableOption[]
  /** What its first argument may be; files where it is not one of some words. */
  readonly first: readonly string[]
}

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/** @param commands the first of which runs where none is named */
export function completionScript(shell: Shell, program: string, commands: readonly CompletableCommand[]): string {
  return { bash, zsh, fish }[shell](program, commands)
}

const names = (commands: readonly CompletableCommand[]): string[] => commands.map(({ name }) => name)
const flagsOf = ({ long, short }: CompletableOption): string[] => [...(short === undefined ? [] : [short]), long]
const identifier = (program: string) => `_${program.replaceAll('-', '_')}`

/** A shell word between single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

function bash(program: string, commands: readonly CompletableCommand[]): string {
  const me = identifier(program)
  const valued = commands.flatMap(({ name, options }) =>
    options
      .filter(({ values }) => values !== 'none')
      .map(option => {
        const pattern = flagsOf(option)
          .map(flag => quoted(`${name} ${flag}`))
          .join(' | ')
        const words = typeof option.values === 'string' ? '' : option.values.join(' ')
        return `    ${pattern}) words=${quoted(words)} ;;`
      }),
  )
  const offered = commands.flatMap(({ name, options, first }) => [
    `    ${quoted(`${name} -`)}) words=${quoted(options.flatMap(flagsOf).join(' '))} ;;`,
    ...(first.length > 0 ? [`    ${quoted(`${name} first`)}) words=${quoted(first.join(' '))} ;;`] : []),
  ])
  return `# Completion of ${program} for bash. To use it now: source <(${program} completion bash)
${me}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local command=${commands[0]!.name} named='' words='' i
  # bash splits --format=json at the sign.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
    ${names(commands).join(' | ')})
      command=\${COMP_WORDS[i]} named=$i
      break
      ;;
    -*) ;;
    *) break ;;
    esac
  done
  case "$command $previous" in
${valued.join('\n')}
    *)
      case "$command $([[ $current == -* ]] && echo - || echo first)" in
${offered.map(line => `  ${line}`).join('\n')}
      esac
      # Only the first argument is one of some words, or a command.
      if [[ $current != -* ]]; then
        if [[ -z $named && $COMP_CWORD -eq 1 ]]; then
          words=${quoted(names(commands).join(' '))}
        elif [[ $COMP_CWORD -ne $((named + 1)) ]]; then
          words=
        fi
      fi
      ;;
  esac
  # Nothing here leaves it to bash, which completes files. No word holds a space.
  # shellcheck disable=SC2207
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ \${COMPREPLY[0]} != *= ]] || compopt -o nospace 2> /dev/null
}
complete -o bashdefault -o default -F ${me} ${program}
`
}

function zsh(program: string, commands: readonly CompletableCommand[]): string {
  const me = identifier(program)
  // Brackets and colons mean something in what _arguments reads.
  const described = (text: string) => text.replaceAll(/[[\]:\\]/g, String.raw`\$&`)
  const argument = ({ values }: CompletableOption): string =>
    values === 'none'
      ? ''
      : values === 'file'
        ? ':file:_files'
        : values === 'text'
          ? ':value: '
          : `:value:(${values.map(value => value.replaceAll(/[()\s\\]/g, String.raw`\$&`)).join(' ')})`
  const spec = (option: CompletableOption): string[] =>
    flagsOf(option).map(flag => {
      const joins = option.values === 'none' ? '' : flag.startsWith('--') ? '=' : '+'
      return quoted(`*${flag}${joins}[${described(option.about)}]${argument(option)}`)
    })
  const cases = commands.flatMap(({ name, options, first }) => [
    `  ${name})`,
    '    _arguments -S \\',
    ...options.flatMap(spec).map(one => `      ${one} \\`),
    ...(first.length > 0 ? [`      ${quoted(`1:value:(${first.join(' ')})`)} \\`] : []),
    `      '*:file:_files'`,
    '    ;;',
  ])
  return `#compdef ${program}
# Completion of ${program} for zsh. Save it as _${program} in a folder of $fpath, or now: source <(${program} completion zsh)
${me}() {
  local command=${commands[0]!.name} named= i
  local -a commands=(
${commands.map(({ name, about }) => `    ${quoted(`${name}:${described(about)}`)}`).join('\n')}
  )
  for ((i = 2; i < CURRENT; i++)); do
    case $words[i] in
    ${names(commands).join(' | ')})
      command=$words[i] named=$i
      break
      ;;
    -*) ;;
    *) break ;;
    esac
  done
  if [[ -z $named && $CURRENT -eq 2 && $words[2] != -* ]]; then
    _describe command commands
    _files
    return
  fi
  if [[ -n $named ]]; then
    words=("\${(@)words[named,-1]}")
    ((CURRENT -= named - 1))
  fi
  case $command in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _${program} ]]; then
  ${me} "$@"
else
  compdef ${me} ${program}
fi
`
}

function fish(program: string, commands: readonly CompletableCommand[]): string {
  const helper = `_${identifier(program)}_command`
  const text = (value: string) => `'${value.replaceAll(/['\\]/g, String.raw`\$&`)}'`
  const is = (name: string) => `-n '${helper} ${name}'`
  const option = (name: string, { long, short, about, values }: CompletableOption): string =>
    [
      `complete -c ${program} ${is(name)}`,
      ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
      `-l ${long.slice(2)}`,
      ...(values === 'none'
        ? []
        : values === 'file'
          ? ['-r -F']
          : values === 'text'
            ? ['-x']
            : [`-x -a ${text(values.join(' '))}`]),
      `-d ${text(about)}`,
    ].join(' ')
  return `# Completion of ${program} for fish. To keep it: ${program} completion fish > ~/.config/fish/completions/${program}.fish
function ${helper} -d 'Whether this command is the one that is typed'
    for word in (commandline -opc)[2..]
        switch $word
            case ${names(commands).join(' ')}
                test $word = $argv[1]
                return
            case '-*'
            case '*'
                break
        end
    end
    test $argv[1] = ${commands[0]!.name}
end
${commands.map(({ name, about }) => `complete -c ${program} -n 'test (count (commandline -opc)) -eq 1' -a ${name} -d ${text(about)}`).join('\n')}
${commands
  .flatMap(({ name, options, first }) => [
    ...options.map(one => option(name, one)),
    ...(first.length > 0
      ? [
          `complete -c ${program} -n '${helper} ${name}; and test (commandline -opc)[-1] = ${name}' -a ${text(first.join(' '))}`,
        ]
      : []),
  ])
  .join('\n')}
`
}
