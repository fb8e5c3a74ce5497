# Sourced by the scripts: `find_jdk` prints the home of a JDK 25 or newer.

# major_version HOME -> the Java version in its `release` file, 0 when there is no JDK
major_version() {
  local line
  [ -x "$1/bin/java" ] && [ -f "$1/release" ] || { echo 0; return; }
  line="$(grep -m1 '^JAVA_VERSION=' "$1/release" || true)"
  line="${line#JAVA_VERSION=\"}"
  line="${line%%[!0-9]*}"
  echo "${line:-0}"
}

find_jdk() {
  local candidate on_path
  on_path="$(command -v java || true)"
  if [ -n "$on_path" ]; then
    on_path="$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')"
  fi
  for candidate in "${SKEIN_JAVA_HOME:-}" "${JAVA_HOME:-}" "$on_path" \
    /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/* /opt/java/*; do
    if [ -n "$candidate" ] && [ "$(major_version "$candidate")" -ge 25 ]; then
      echo "$candidate"
      return
    fi
  done
  echo "Skein needs a JDK 25 or newer and found none. Install one, or point SKEIN_JAVA_HOME at it." >&2
  exit 1
}
