# Finds Java on this machine. Sourced by guidon and .ci/run; needs bash and nothing else.
# Every function answers in REPLY and by its exit code, so that none costs a process.

missing_jdk="guidon needs a JDK 25 or newer and found none: install one and set JAVA_HOME to it."

# java_feature HOME: the feature number (25 for 25.0.1) that the Java in HOME states.
java_feature() {
  local line
  [[ -x $1/bin/java && -r $1/release ]] || return 1
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line == JAVA_VERSION=* ]]; then
      REPLY=${line#*=}
      REPLY=${REPLY//\"/}
      REPLY=${REPLY%%[!0-9]*}
      [[ -n $REPLY ]]
      return
    fi
  done <"$1/release"
  return 1
}

# java_home_on_path: the home of the java that PATH names, behind its symbolic links.
java_home_on_path() {
  local java
  java=$(command -v java) || return 1
  java=$(readlink -f "$java" 2>/dev/null) || return 1
  REPLY=${java%/bin/java}
}

# find_java LEAST MOST PROGRAM NAMED...: the first home with bin/PROGRAM whose feature number lies
# between LEAST and MOST; the NAMED homes come first, then the usual places, then PATH.
find_java() {
  local least=$1 most=$2 program=$3 home
  shift 3
  for home in "$@" /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/* PATH; do
    [[ $home != PATH ]] || { java_home_on_path && home=$REPLY; } || continue
    [[ -n $home && -x $home/bin/$program ]] && java_feature "$home" || continue
    if ((REPLY >= least && REPLY <= most)); then
      REPLY=$home
      return 0
    fi
  done
  return 1
}

# find_jdk: a JDK that builds and runs Guidon.
find_jdk() {
  find_java 25 999 javac "${GUIDON_JAVA_HOME:-}" "${JAVA_HOME:-}"
}

# find_java17: a runtime for the second test run of what applications embed.
find_java17() {
  find_java 17 17 java "${GUIDON_JAVA17_HOME:-}"
}
