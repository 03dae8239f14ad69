package dev.guidon.control.rest;

import dev.guidon.control.Credential;
import dev.guidon.control.Scopes;
import dev.guidon.control.Secret;
import dev.guidon.control.SecretHash;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.Problems;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the credential behind a secret, in the system scope as it is at this instant. */
final class Authenticator {
  private final Scopes scopes;
  private volatile @Nullable Index index;

  private record Index(Position position, Map<Hash, Credential> byHash) {}

  Authenticator(Scopes scopes) {
    this.scopes = scopes;
  }

  /** The caller, or {@code null} when the header holds no secret that opens anything now. */
  @Nullable Credential caller(@Nullable String authorization) {
    if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith("bearer ")) {
      return null;
    }
    Secret secret = Secret.parse(authorization.substring("bearer ".length()).strip());
    if (secret == null) {
      return null;
    }
    Hash presented = secret.hash();
    Credential found = index().byHash().get(presented);
    return found != null && opens(found, secret, presented) ? found : null;
  }

  private boolean opens(Credential credential, Secret secret, Hash presented) {
    long now = scopes.nowMicros();
    if (credential.kind().secret() != secret.kind() || !credential.isGood(now)) {
      return false;
    }
    boolean good = false;
    for (SecretHash one : credential.hashes()) {
      // The look-up was by a hash that nobody can steer; comparing in constant time costs nothing
      // and needs no argument.
      good |= MessageDigest.isEqual(one.hash().bytes(), presented.bytes()) && one.isGood(now);
    }
    return good;
  }

  private Index index() {
    ScopeState system = scopes.current(ScopeId.system());
    Index known = index;
    if (known != null && known.position().equals(system.position())) {
      return known;
    }
    Map<Hash, Credential> byHash = new HashMap<>();
    system
        .entities()
        .forEach((id, body) -> {
          if (id.kind().equals(EntityKind.CREDENTIAL)
              && body instanceof EntityBody.Present present
              && present.live() != null) {
            Credential credential =
                Credential.read(present.live().doc(), new Problems(), /* strict= */ false);
            List<SecretHash> hashes = credential.hashes();
            hashes.forEach(hash -> byHash.put(hash.hash(), credential));
          }
        });
    Index fresh = new Index(system.position(), byHash);
    index = fresh;
    return fresh;
  }

  /** Whether a caller may do an operation; deny unless something allows it. */
  static boolean allows(
      Access access, @Nullable Credential caller, Map<String, String> parameters) {
    if (access == Access.OPEN) {
      return true;
    }
    if (caller == null) {
      return false;
    }
    String project = parameters.get("project");
    return switch (access) {
      case OPEN, SIGNED_IN -> true;
      case VIEW -> project != null && caller.may(Credential.Role.VIEWER, project);
      case EDIT -> project != null && caller.may(Credential.Role.EDITOR, project);
      case MANAGE -> project != null && caller.may(Credential.Role.ADMIN, project);
      case SYSTEM -> caller.kind() == Credential.Kind.ADMIN;
    };
  }
}
