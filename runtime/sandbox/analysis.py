"""Static analysis of author code: `analyse_code(code)` never runs it.

On the server it runs inside the sandbox (`Sandbox.check_code`); scripts call it in-process.
"""

from runtime.sandbox.jail.analysis import CodeProblem, CodeReport, analyse_code

__all__ = ["CodeProblem", "CodeReport", "analyse_code"]
